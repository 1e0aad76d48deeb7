import Glibc

/// Files that are read as a whole.
enum TextFile {
  static func contents(of path: String) throws(ConfigurationError) -> String {
    guard let bytes = bytes(of: path) else {
      throw ConfigurationError(path, "cannot be read: \(errorText())")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// nil with `errno` set when it cannot be read.
  static func bytes(of path: String) -> [UInt8]? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = Descriptor(number)
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file.number, &part, part.count)
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += part[..<count]
    }
  }
}

/// The same path from the root.
func absolute(_ path: String) -> String {
  guard !path.hasPrefix("/") else { return path.normalizedPath }
  guard let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return String(cString: folder).appendingPath(path).normalizedPath
}

extension Environment {
  /// That of this process.
  static func current() -> Environment {
    var variables: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equal = text.firstIndex(of: "=") {
        variables[String(text[..<equal])] = String(text[text.index(after: equal)...])
      }
      entry += 1
    }
    return Environment(variables)
  }
}
