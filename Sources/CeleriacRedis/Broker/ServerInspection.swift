/// What a server says of itself.
package struct ServerInspection: Sendable {
  private let fields: [Substring: Substring]

  /// Reads the answer to `INFO`.
  package init(info: String) {
    var fields: [Substring: Substring] = [:]
    for line in info.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    self.fields = fields
  }

  /// A field of `INFO`, such as `redis_version`.
  package subscript(field: String) -> String? {
    fields[Substring(field)].map { String($0) }
  }

  /// Whether the server never throws keys away to make room.
  package var keepsAllKeys: Bool {
    self["maxmemory"] == "0" || self["maxmemory_policy"] == "noeviction"
  }
}
