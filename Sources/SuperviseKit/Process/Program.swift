import Glibc

/// What the first word of a command stands for, looked for as a shell would.
enum Program: Equatable {
  case found(String)
  /// No folder of PATH has it.
  case notInPath(String)
  /// Nothing lies where the path leads.
  case absent(String)
  /// Something lies there that cannot be started; why.
  case unusable(String, String)

  /// - Parameters:
  ///   - word: The word of the command.
  ///   - path: The variable PATH of the process.
  ///   - directory: The folder that the process is going to run in.
  init(_ word: String, path: String?, directory: String) {
    if word.contains("/") {
      let file = directory.appendingPath(word)
      self =
        switch Self.problem(with: file) {
        case nil: .found(file)
        case .nothing: .absent(word)
        case .reason(let reason): .unusable(word, reason)
        }
      return
    }
    let candidates = Self.folders(of: path, in: directory).map { $0.appendingPath(word) }
    if let file = candidates.first(where: { Self.problem(with: $0) == nil }) {
      self = .found(file)
    } else {
      self = .notInPath(word)
    }
  }

  /// Where the word leads, whether or not anything lies there; nil when no folder of PATH has it.
  static func path(of word: String, path: String?, directory: String) -> String? {
    if word.contains("/") { return directory.appendingPath(word) }
    guard case .found(let file) = Program(word, path: path, directory: directory) else {
      return nil
    }
    return file
  }

  /// Why it cannot be started, for a person; nil when it can.
  var problem: String? {
    switch self {
    case .found: nil
    case .notInPath(let word): "'\(word)' is in no folder of PATH"
    case .absent(let word): "'\(word)' is not there"
    case .unusable(let word, let reason): "'\(word)' \(reason)"
    }
  }

  /// Where it was found, or why it was not, for a person.
  var place: String {
    if case .found(let file) = self { file } else { "nowhere: \(problem ?? "")" }
  }

  /// What is said of a file that the kernel does not know how to run.
  static func foreign(_ word: String) -> String {
    "'\(word)' is neither a program for this machine nor a script that begins with '#!'"
  }

  private static func folders(of path: String?, in directory: String) -> [String] {
    (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map {
      directory.appendingPath(String($0))
    }
  }

  private enum Problem: Equatable {
    case nothing
    case reason(String)
  }

  private static func problem(with file: String) -> Problem? {
    var status = stat()
    guard stat(file, &status) == 0 else {
      if [ENOENT, ENOTDIR].contains(errno) { return .nothing }
      return .reason("cannot be read: \(errorText())")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: return .reason("is a folder")
    default: return .reason("is no regular file")
    }
    guard access(file, X_OK) == 0 else {
      return .reason("is not executable; 'chmod +x' makes it so")
    }
    guard let interpreter = interpreter(of: file), access(interpreter, X_OK) != 0 else {
      return nil
    }
    return .reason("is run by '\(interpreter)', which is not there")
  }

  /// The program that the `#!` line of a script names.
  private static func interpreter(of file: String) -> String? {
    let number = open(file, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(number)
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor.number, &bytes, bytes.count)
    guard count > 2, bytes.starts(with: "#!".utf8) else { return nil }
    let line = bytes[2..<count].prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self)
      .split(whereSeparator: { " \t\r".contains($0) }).first.map(String.init)
  }
}
