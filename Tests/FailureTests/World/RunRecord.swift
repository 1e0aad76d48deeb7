import CeleriacCore
import Glibc

/// One line of the file into which the fixture's tasks write their runs.
struct RunRecord: Sendable {
  enum Kind: Character {
    case start = "S"
    case end = "E"
    case cancelled = "X"
  }

  let kind: Kind
  let id: String
  let attempt: Int
  let pid: pid_t
  /// Microseconds since 1970.
  let time: Int

  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count == 5, let kind = line.first.flatMap(Kind.init(rawValue:)),
      let attempt = Int(fields[2]), let pid = pid_t(fields[3]), let time = Int(fields[4])
    else { return nil }
    self.kind = kind
    id = String(fields[1])
    self.attempt = attempt
    self.pid = pid
    self.time = time
  }

  /// All lines of a file.
  static func all(in path: String) -> [RunRecord] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { RunRecord($0) }
  }
}
