/// Paths as text: absolute or relative, with `/` between the names.
extension String {
  /// The path without its last name: `/` for `/a`, empty for `a`.
  var parentPath: String {
    guard let slash = lastIndex(of: "/") else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The name after the last slash.
  var lastName: String {
    guard let slash = lastIndex(of: "/") else { return self }
    return String(self[index(after: slash)...])
  }

  /// The path of a name inside this directory; a path that starts with a slash is itself.
  func appendingPath(_ path: String) -> String {
    if isEmpty || path.hasPrefix("/") { return path }
    if path.isEmpty { return self }
    return hasSuffix("/") ? self + path : self + "/" + path
  }

  /// The same absolute path without `.`, `..` and empty names; links are not looked at.
  var normalizedPath: String {
    var names: [Substring] = []
    for name in split(separator: "/") {
      switch name {
      case ".": continue
      case "..": _ = names.popLast()
      default: names.append(name)
      }
    }
    return "/" + names.joined(separator: "/")
  }

  /// The path seen from a directory above it, nil when it does not lie below.
  func path(below directory: String) -> String? {
    if self == directory { return "" }
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    return hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

extension String {
  /// The path of a name inside this directory, which may be the empty path.
  func appendingName(_ name: String) -> String { isEmpty ? name : appendingPath(name) }
}
