import CeleriacCore

/// What a worker calls itself: `celery@host`, as monitors know it.
struct NodeName: Sendable, Hashable, CustomStringConvertible {
  let description: String

  /// Reads Celery's pattern: `%h` is the host, `%n` its first part, `%d` the rest.
  ///
  /// What has no `@` is a host, and a name without host gets this one's.
  init(pattern: String, host: String = ProcessIdentity.host) {
    let parts = host.split(separator: ".", maxSplits: 1)
    var text = ""
    var rest = pattern[...]
    while let character = rest.popFirst() {
      guard character == "%", let key = rest.popFirst() else {
        text.append(character)
        continue
      }
      switch key {
      case "h": text += host
      case "n": text += parts.first ?? ""
      case "d": text += parts.count > 1 ? parts[1] : ""
      case "%": text += "%"
      default: text += "%\(key)"
      }
    }
    description = Self.complete(text, host: host)
  }

  /// The name unless somebody says otherwise: a supervisor's places are told apart.
  init(place: String?, host: String = ProcessIdentity.host) {
    description = "\(place ?? "celery")@\(host)"
  }

  private static func complete(_ text: String, host: String) -> String {
    guard let at = text.firstIndex(of: "@") else { return "celery@\(text)" }
    let name = text[..<at]
    let node = text[text.index(after: at)...]
    return "\(name.isEmpty ? "celery" : name)@\(node.isEmpty ? host[...] : node)"
  }
}
