import CeleriacCore
import CeleriacSchedule
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ZoneLoaderTests {
  @Test func `a zone is read from the machine's database`() throws {
    let berlin = try ZoneLoader().zone(named: "Europe/Berlin")

    let summer = try #require(Timestamp(iso8601: "2026-07-01T00:00:00Z"))
    #expect(berlin.identifier == "Europe/Berlin")
    #expect(berlin.secondsFromUTC(at: summer) == 7200)
  }

  @Test func `UTC needs no database`() throws {
    #expect(try ZoneLoader(directory: "/nonexistent").zone(named: "UTC") == .utc)
  }

  @Test(arguments: ["Europe/Berlyn", "Europe", "Europe/Berlin/Mitte"])
  func `a zone that does not exist is unknown`(name: String) throws {
    let error = try #require(throws: ZoneError.self) { try ZoneLoader().zone(named: name) }

    #expect(error.code == .unknownZone)
    #expect(error.description == "time zone '\(name)': the zone database has no such zone")
  }

  @Test(arguments: ["", "/etc/passwd", "../../../etc/passwd", "Europe/../Berlin", "a\0b", "Zürich"])
  func `a name is no path`(name: String) throws {
    let error = try #require(throws: ZoneError.self) { try ZoneLoader().zone(named: name) }

    #expect(error.code == .invalidName)
  }

  @Test func `a missing database says how to install it`() throws {
    let loader = ZoneLoader(directory: "/nonexistent")

    let error = try #require(throws: ZoneError.self) { try loader.zone(named: "Europe/Berlin") }

    #expect(error.code == .noDatabase)
    #expect(error.detail.contains("apt install tzdata"))
  }

  @Test func `a file that is no zone is malformed, whatever is wrong with it`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "zones-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin"))
    let loader = ZoneLoader(directory: folder.path(percentEncoded: false))

    for length in [0, 3, 43, 44, 500, whole.count - 1] {
      try whole.prefix(length).write(to: folder.appending(path: "Cut"))
      let error = try #require(throws: ZoneError.self) { try loader.zone(named: "Cut") }
      #expect(error.code == .malformedFile)
    }
  }
}
