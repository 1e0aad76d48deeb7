public import CeleriacSchedule
import Glibc

/// Reads time zones from the machine's zone database.
///
/// Each call reads a file of a few kilobytes: keep the zone.
public struct ZoneLoader: Sendable {
  /// The folder of compiled zone files.
  public let directory: String

  /// Uses a folder, or else the one named by `TZDIR`, or else `/usr/share/zoneinfo`.
  public init(directory: String? = nil) {
    self.directory = directory ?? Self.environmentDirectory ?? "/usr/share/zoneinfo"
  }

  /// The zone of a name such as `Europe/Berlin`; `UTC` is known without a file.
  ///
  /// - Throws: ``ZoneError``.
  public func zone(named name: String) throws(ZoneError) -> Zone {
    if name == Zone.utc.identifier { return .utc }
    guard Self.isValid(name) else {
      throw ZoneError(
        .invalidName, name, detail: "no name of the zone database; write it as Europe/Berlin")
    }
    return try Zone(identifier: name, tzif: try contents(ofZone: name))
  }

  /// Whether a name stays within the folder: names have neither dots nor a slash in front.
  private static func isValid(_ name: String) -> Bool {
    let first = name.utf8.first ?? UInt8(ascii: "/")
    return first != UInt8(ascii: "/")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
          UInt8(ascii: "+"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private func contents(ofZone name: String) throws(ZoneError) -> [UInt8] {
    let file = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(zone: name, errno) }
    defer { close(file) }

    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while contents.count < Self.largestFile {
      let count = read(file, &buffer, buffer.count)
      if count == 0 { break }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(zone: name, errno) }
      contents += buffer.prefix(count)
    }
    return contents
  }

  private func failure(zone name: String, _ code: Int32) -> ZoneError {
    switch code {
    case ENOENT, ENOTDIR, EISDIR:
      guard access(directory, F_OK) == 0 else {
        return ZoneError(
          .noDatabase, name,
          detail: "the zone database is not installed in \(directory): apt install tzdata")
      }
      return ZoneError(.unknownZone, name, detail: "the zone database has no such zone")
    default:
      return ZoneError(
        .unreadableFile, name,
        detail: "\(directory)/\(name) cannot be read: \(String(cString: strerror(code)))")
    }
  }

  private static var environmentDirectory: String? {
    guard let value = getenv("TZDIR"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The files have some kilobytes; what is longer is none.
  private static let largestFile = 1 << 20
}
