import CeleriacSchedule
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CrontabParserTests {
  @Test(arguments: [
    ("* * * * *", "0-59 0-23 1-31 1-12 0-6"),
    ("*/15 * * * *", "0,15,30,45 * * * *"),
    ("0 22-2 * * *", "0 22,23,0,1,2 * * *"),
    ("0 22-2/2 * * *", "0 22,0,2 * * *"),
    ("0 0 * * fri-mon", "0 0 * * 5,6,0,1"),
    ("0 0 * * MON-Friday", "0 0 * * 1-5"),
    ("0 0 * * tues,thurs", "0 0 * * 2,4"),
    ("0 0 */10 * *", "0 0 1,11,21,31 * *"),
    ("0 0 28-3 * *", "0 0 28,29,30,31,1,2,3 * *"),
    ("0 0 1 jan,Sept-nov *", "0 0 1 1,9,10,11 *"),
    ("0 0 1 */5 *", "0 0 1 1,6,11 *"),
    ("0 0 1 2-12/2 *", "0 0 1 2,4,6,8,10,12 *"),
    ("*/100 * * * *", "0 * * * *"),
    ("3-5,*/30,7 * * * *", "0,3,4,5,7,30 * * * *"),
    ("007 * * * *", "7 * * * *"),
    ("  0\t0  *  *  * ", "0 0 * * *"),
    ("0 */1 * * *", "0 * * * *"),
  ])
  func `two spellings match the same minutes`(text: String, other: String) throws {
    #expect(try Crontab(text) == Crontab(other))
  }

  @Test(arguments: [
    ("61 * * * *", 0..<2, "'61' is not a minute (0–59)"),
    ("0 24 * * *", 2..<4, "'24' is not an hour (0–23)"),
    ("0 0 0 * *", 4..<5, "'0' is not a day of the month (1–31)"),
    ("0 0 1 13 *", 6..<8, "'13' is not a month (1–12 or jan–dec)"),
    ("0 0 * * 7", 8..<9, "'7' is not a day of the week (0–6 or sun–sat, Sunday is 0)"),
    ("0 0 * * mon-fry", 12..<15, "'fry' is not a day of the week (0–6 or sun–sat, Sunday is 0)"),
    ("0 0 * * mo", 8..<10, "'mo' is not a day of the week (0–6 or sun–sat, Sunday is 0)"),
    ("mon * * * *", 0..<3, "'mon' is not a minute (0–59)"),
    ("-5 * * * *", 0..<2, "'-5' is not a minute (0–59)"),
    ("+5 * * * *", 0..<2, "'+5' is not a minute (0–59)"),
    ("1-2-3 * * * *", 2..<5, "'2-3' is not a minute (0–59)"),
    ("99999999999999999999 * * * *", 0..<20, "'99999999999999999999' is not a minute (0–59)"),
    ("0,5,,7 * * * *", 4..<4, "a part of the list of values is empty"),
    ("5, * * * *", 2..<2, "a part of the list of values is empty"),
    ("0 5/15 * * *", 2..<6, "'5/15' steps from one value: write '5-23/15'"),
    ("*/0 * * * *", 0..<3, "'*/0' needs a whole number from 1 after '/'"),
    ("0-9/ * * * *", 0..<4, "'0-9/' needs a whole number from 1 after '/'"),
    ("*/x * * * *", 0..<3, "'*/x' needs a whole number from 1 after '/'"),
    ("** * * * *", 0..<2, "'**' is not a minute (0–59)"),
    ("ä 0 * * *", 0..<2, "'ä' is not a minute (0–59)"),
    ("0 0 30 2 *", 4..<6, "no month of '2' has a day of '30'"),
    ("0 0 31 apr,jun */2", 4..<6, "no month of 'apr,jun' has a day of '31'"),
    (
      "0 0 * *", 0..<7,
      "five fields are needed (minute, hour, day of the month, month, day of the week), not 4"
    ),
    (
      "", 0..<0,
      "five fields are needed (minute, hour, day of the month, month, day of the week), not 0"
    ),
  ])
  func `an error says what is wrong and where`(
    text: String, range: Range<Int>, detail: String
  ) throws {
    let error = try #require(throws: CrontabError.self) { try Crontab(text) }

    #expect(error.detail == detail)
    #expect(error.range == range)
    #expect(error.text == text)
    #expect(error.description == "crontab '\(text)': \(detail)")
  }

  @Test func `keywords take numbers, texts and lists`() throws {
    #expect(try Crontab(minute: 0, hour: 0) == Crontab("0 0 * * *"))
    #expect(
      try Crontab(minute: "*/15", hour: "8-18", dayOfWeek: "mon-fri")
        == Crontab("*/15 8-18 * * 1-5"))
    #expect(
      try Crontab(minute: [0, 30, "40-42"], dayOfMonth: 1, monthOfYear: "feb , 3")
        == Crontab("0,30,40-42 * 1 2,3 *"))
    #expect(try Crontab(minute: CrontabField(0...4)) == Crontab("0-4 * * * *"))
    #expect(try Crontab() == Crontab("* * * * *"))
  }

  @Test func `an error in a keyword is located in its field`() throws {
    let error = try #require(throws: CrontabError.self) { try Crontab(hour: [8, 25]) }

    #expect(error.text == "8,25")
    #expect(error.range == 2..<4)
    #expect(throws: CrontabError.self) { try Crontab(minute: -1) }
    #expect(throws: CrontabError.self) { try Crontab(minute: []) }
    #expect(throws: CrontabError.self) { try Crontab(dayOfMonth: 31, monthOfYear: [4, 6]) }
  }

  @Test func `a leap day is possible`() throws {
    #expect(try Crontab("0 0 29 2 *").description == "0 0 29 2 *")
    #expect(try Crontab(" 0  0 * * Mon-Fri").description == "0 0 * * Mon-Fri")
  }

  @Test func `any bytes are read or refused`() {
    let alphabet = Array("0123456789*/-, \tmonjaä")
    var generator = SeededGenerator(seed: 3)
    var read = 0

    for _ in 0..<20_000 {
      let fields = (0..<5).map { _ in
        String(
          (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
          })
      }
      let text = fields.joined(separator: " ")
      do {
        _ = try Crontab(text)
        read += 1
      } catch {
        #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count)
      }
    }

    #expect(read > 0)
  }
}
