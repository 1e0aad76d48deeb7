/// What a server says of itself.
package struct ServerInspection: Sendable {
  /// The answer to `PING`: `PONG`.
  package let ping: String

  private let fields: [Substring: Substring]

  package init(ping: String, info: String) {
    self.ping = ping
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
