import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct LogRotationTests {
  @Test(
    arguments: [
      ("100M", 104_857_600, nil), ("64k", 65_536, nil), ("1G", 1_073_741_824, nil),
      ("1d", nil, 86_400), ("12h,5M", 5_242_880, 43_200),
    ] as [(String, Int?, Int?)])
  func `a size, a time or both are read`(text: String, size: Int?, period: Int?) throws {
    let rotation = try #require(LogRotation(parsing: text))

    #expect(rotation.size == size)
    #expect(rotation.period == period)
  }

  @Test(
    arguments: [
      "", "100", "M", "0M", "-1M", "1M,", "1M;1d", "1.5G", "ten", "100M,200M", "1d,12h",
    ])
  func `anything else is refused`(text: String) {
    #expect(LogRotation(parsing: text) == nil)
  }

  @Test(arguments: ["9999999999999G", "9223372036854775807d", "9223372036854775808k"])
  func `more than a number can hold is refused`(text: String) {
    #expect(LogRotation(parsing: text) == nil)
  }

  @Test func `the largest size is never exceeded`() {
    var rotation = LogRotation()
    rotation.size = .max

    #expect(!rotation.isDue(size: 90, lastWritten: 0, adding: 10, now: 0))
  }

  @Test func `a file goes before it grows too large, but never an empty one`() {
    var rotation = LogRotation()
    rotation.size = 100

    #expect(!rotation.isDue(size: 90, lastWritten: 0, adding: 10, now: 0))
    #expect(rotation.isDue(size: 90, lastWritten: 0, adding: 11, now: 0))
    #expect(!rotation.isDue(size: 0, lastWritten: 0, adding: 500, now: 0))
  }

  @Test func `a file goes with the first line of a new period`() {
    var rotation = LogRotation()
    rotation.period = 3600

    #expect(!rotation.isDue(size: 1, lastWritten: 7200, adding: 1, now: 10_799))
    #expect(rotation.isDue(size: 1, lastWritten: 7200, adding: 1, now: 10_800))
  }
}
