import CeleriacSchedule
import Glibc

extension Zone {
  /// A zone of the machine's zone database.
  static func installed(_ name: String) throws -> Zone {
    try Zone(identifier: name, tzif: bytes(of: "/usr/share/zoneinfo/" + name))
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw ZoneFileMissing(path: path) }
    defer { fclose(file) }
    return [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
  }
}

/// The tests need the package tzdata.
struct ZoneFileMissing: Error {
  let path: String
}

extension Timestamp {
  /// The instant of a literal; the test fails where it is none.
  init(_ text: StaticString) {
    guard let timestamp = Timestamp(iso8601: text.description) else {
      preconditionFailure("'\(text)' is no date")
    }
    self = timestamp
  }
}
