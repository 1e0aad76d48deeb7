import CeleriacSchedule
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TimestampTests {
  @Test(arguments: [
    ("2026-11-22T09:48:38.170531+00:00", 1_795_340_918_170_531),
    ("2026-11-22T09:48:38+00:00", 1_795_340_918_000_000),
    ("2026-11-22T09:48:38Z", 1_795_340_918_000_000),
    ("2026-11-22 09:48:38", 1_795_340_918_000_000),
    ("2026-11-22T09:48:38", 1_795_340_918_000_000),
    ("2026-11-22T09:48:38.5", 1_795_340_918_500_000),
    ("2026-11-22T09:48:38.123456789Z", 1_795_340_918_123_456),
    ("2026-11-22T10:48:38+01:00", 1_795_340_918_000_000),
    ("2026-11-22T04:18:38-05:30", 1_795_340_918_000_000),
    ("2026-11-22T10:42:06+00:53:28", 1_795_340_918_000_000),
    ("2026-11-22T10:48:38+0100", 1_795_340_918_000_000),
    ("2026-11-22T10:48:38+01", 1_795_340_918_000_000),
    ("2026-11-22T09:48", 1_795_340_880_000_000),
    ("2026-11-22", 1_795_305_600_000_000),
    ("1969-12-31T23:59:59.999999+00:00", -1),
    ("0001-01-01T00:00:00+00:00", -62_135_596_800_000_000),
    ("9999-12-31T23:59:59.999999+00:00", 253_402_300_799_999_999),
    ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
  ])
  func `what Python's isoformat writes is read`(text: String, microseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.microsecondsSince1970 == microseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-11", "2026-11-22T", "2026-11-22T9:48:38", "2026-13-01T00:00:00",
    "2026-02-29T00:00:00", "2026-11-22T24:00:00", "2026-11-22T09:60:00", "2026-11-22T09:48:60",
    "2026-11-22T09:48:38.", "2026-11-22T09:48:38+", "2026-11-22T09:48:38+1",
    "2026-11-22T09:48:38+24:00", "2026-11-22T09:48:38+00:60", "2026-11-22T09:48:38Zx",
    "2026-11-22X09:48:38", "0000-01-01T00:00:00", "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-00:01", "２０２６-11-22", " 2026-11-22", "2026-11-22T09:48:38+00:00:00:00",
  ])
  func `what is no date is refused`(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00+00:00"),
    (1, "1970-01-01T00:00:00.000001+00:00"),
    (-1, "1969-12-31T23:59:59.999999+00:00"),
    (1_795_340_918_170_531, "2026-11-22T09:48:38.170531+00:00"),
    (1_795_340_918_500_000, "2026-11-22T09:48:38.500000+00:00"),
    (Int64.min, "0001-01-01T00:00:00+00:00"),
    (Int64.max, "9999-12-31T23:59:59.999999+00:00"),
  ])
  func `an instant is written as Python writes it`(microseconds: Int64, text: String) {
    #expect(Timestamp(microsecondsSince1970: microseconds).description == text)
  }

  @Test func `every instant is read as it was written`() {
    var generator = SeededGenerator(seed: 1)

    for _ in 0..<20_000 {
      let instant = Timestamp(
        microsecondsSince1970: .random(
          in: Timestamp.distantPast
            .microsecondsSince1970...Timestamp.distantFuture
            .microsecondsSince1970, using: &generator))
      var bytes: [UInt8] = []
      instant.appendISO8601(to: &bytes)
      #expect(Timestamp(iso8601: bytes) == instant)
    }
  }

  @Test func `bytes are read from wherever they lie`() {
    let text = "2026-11-22T09:48:38Z"
    let expected = Timestamp(microsecondsSince1970: 1_795_340_918_000_000)

    #expect(Timestamp(iso8601: Array(text.utf8).span) == expected)
    #expect(Timestamp(iso8601: Array("[\(text)]".utf8)[1...20]) == expected)
    #expect(Array(text.utf8).withUnsafeBytes { Timestamp(iso8601: $0) } == expected)
    #expect(Timestamp(iso8601: text.utf8.lazy.map { $0 }) == expected)
  }

  @Test func `arithmetic stops at the years 1 and 9999`() {
    let now = Timestamp(secondsSince1970: 1_795_340_918.25)

    #expect(now + .milliseconds(750) == Timestamp(secondsSince1970: 1_795_340_919))
    #expect((now + .seconds(90)) - now == .seconds(90))
    #expect(now + .seconds(Int64.max) == .distantFuture)
    #expect(now - .seconds(Int64.max) == .distantPast)
    #expect(Timestamp(secondsSince1970: .infinity) == .distantFuture)
    #expect(Timestamp(secondsSince1970: -1e300) == .distantPast)
    #expect(Timestamp(secondsSince1970: .nan) == .epoch)
    #expect(Timestamp(secondsSince1970: 0.000_000_6).microsecondsSince1970 == 1)
    #expect(Timestamp(secondsSince1970: -0.000_000_6).microsecondsSince1970 == -1)
    #expect(Timestamp(secondsSince1970: 1_795_340_918.170531).description.contains(".170531+"))
    #expect(Timestamp(microsecondsSince1970: -1).milliseconds == -1)
  }

  @Test func `an instant is stored as text`() throws {
    let instant = Timestamp(microsecondsSince1970: 1_795_340_918_170_531)

    let stored = try JSONEncoder().encode([instant])

    #expect(String(decoding: stored, as: UTF8.self) == #"["2026-11-22T09:48:38.170531+00:00"]"#)
    #expect(try JSONDecoder().decode([Timestamp].self, from: stored) == [instant])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Timestamp].self, from: Data(#"["yesterday"]"#.utf8))
    }
  }
}
