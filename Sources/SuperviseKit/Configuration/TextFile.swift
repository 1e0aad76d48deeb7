import Glibc

/// Files that are read as a whole.
enum TextFile {
  /// A file that somebody has written by hand is never larger.
  private static let largest = 16 << 20

  /// The text of a file, or of a pipe.
  static func contents(of path: String) throws(ConfigurationError) -> String {
    guard let bytes = bytes(of: path, atMost: largest) else {
      throw ConfigurationError(path, "cannot be read: \(errorText())")
    }
    guard bytes.count <= largest else {
      throw ConfigurationError(path, "is larger than 16 MiB")
    }
    if let zero = bytes.firstIndex(of: 0) {
      let line = bytes[..<zero].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
      throw ConfigurationError(
        path, line: line, "there is a NUL byte, which no program can be given; is this a text?")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a file can be read twice, and without waiting; a pipe cannot.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// nil with `errno` set when it cannot be read; more than the limit when there is more.
  static func bytes(of path: String, atMost limit: Int = .max) -> [UInt8]? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = Descriptor(number)
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = read(file.number, &part, part.count)
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += part[..<count]
    }
    return bytes
  }
}

/// Where this process is; a folder that has been removed has a name that says so.
private var workingDirectory: String {
  guard let folder = getcwd(nil, 0) else { return "/(removed folder)" }
  defer { free(folder) }
  return String(cString: folder)
}

/// The same path from the root.
func absolute(_ path: String) -> String {
  guard !path.hasPrefix("/") else { return path.normalizedPath }
  return workingDirectory.appendingPath(path).normalizedPath
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
