import CeleriacSchedule
import TestSupport
import Testing

/// Compiled zone files made byte by byte, for what no installed file shows.
@Suite(.timeLimit(.minutes(1)))
struct ZoneFileTests {
  @Test(arguments: [
    ("EST5EDT,M3.2.0,M11.1.0", "2030-07-01T00:00Z", -14400),
    ("EST5EDT,0/0,J365/25", "2030-01-01T05:00Z", -14400),
    ("EST5EDT,0/0,J365/25", "2030-12-31T23:00Z", -14400),
    ("<-03>3", "2030-07-01T00:00Z", -10800),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-01T00:00Z", 3600),
    ("AAA-10BBB-10:30:15,J60,J300", "2028-03-01T00:00Z", 37815),
    ("AAA-10BBB-10:30:15,J60,J300", "2028-02-29T00:00Z", 36000),
    ("AAA0BBB,59,300", "2028-02-29T02:00Z", 3600),
    ("AAA0BBB,59,300", "2028-02-29T01:59Z", 0),
    ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00Z", 10800),
    ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59Z", 7200),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00Z", -3600),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59Z", -7200),
  ])
  func `the rule of a footer holds`(footer: String, text: String, offset: Int) throws {
    let zone = try Zone(identifier: "Test", tzif: Self.file(footer: footer))
    let instant = try #require(Timestamp(iso8601: text))

    #expect(zone.secondsFromUTC(at: instant) == offset)
  }

  @Test(arguments: [
    "CE-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J366",
    "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1 ", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0,",
  ])
  func `a footer that is no rule is refused`(footer: String) {
    #expect(throws: ZoneError.self) {
      try Zone(identifier: "Test", tzif: Self.file(footer: footer))
    }
  }

  @Test func `a file of version 1 is read`() throws {
    let zone = try Zone(identifier: "Test", tzif: Self.block(version: 0, offset: 5400))

    #expect(zone.secondsFromUTC(at: .epoch) == 5400)
  }

  @Test func `any bytes are read or refused`() throws {
    var generator = SeededGenerator(seed: 6)
    let whole = Self.file(footer: "EST5EDT,M3.2.0,M11.1.0")

    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      do {
        let zone = try Zone(identifier: "Test", tzif: bytes)
        _ = zone.instants(for: zone.local(at: .epoch))
      } catch {
        #expect(error.code == .malformedFile)
      }
    }
  }

  private static func file(footer: String) -> [UInt8] {
    block(version: UInt8(ascii: "2"), offset: 0) + block(version: UInt8(ascii: "2"), offset: 0)
      + Array("\n\(footer)\n".utf8)
  }

  /// A header and its data: no change, and one local time.
  private static func block(version: UInt8, offset: UInt16) -> [UInt8] {
    let counts: [UInt8] = [0, 0, 0, 0, 1, 4].flatMap { [0, 0, 0, $0] }
    return Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts
      + [0, 0, UInt8(offset >> 8), UInt8(offset & 0xFF), 0, 0] + Array("LMT\0".utf8)
  }
}
