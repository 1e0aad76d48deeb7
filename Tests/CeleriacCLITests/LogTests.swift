import CeleriacSchedule
import Glibc
import Logging
import TestSupport
import Testing

@testable import CeleriacCLI

@Suite(.timeLimit(.minutes(1)))
struct LogTests {
  private let entry = LogEntry(
    time: Timestamp(microsecondsSince1970: 1_795_348_987_123_456), level: .info, label: "worker",
    message: "task succeeded",
    metadata: [
      "duration_ms": "1.2", "task_id": "1f3c", "task": "add", "zone": "b", "attempt": "1",
      "all": "a",
    ])

  private func text(_ entry: LogEntry, time: Bool = false, colours: Bool = false) -> String {
    let line = TextLayout(showsTime: time, hasColours: colours).line(entry)
    return String(decoding: line, as: UTF8.self)
  }

  @Test func `a line tells what, about what, and how long`() {
    #expect(
      text(entry)
        == "info  worker  task succeeded  task=add task_id=1f3c attempt=1 duration_ms=1.2 all=a "
        + "zone=b\n")
  }

  @Test func `a line begins with the time of day here`() {
    var seconds = time_t(1_795_348_987)
    var local = tm()
    localtime_r(&seconds, &local)
    let hour = local.tm_hour < 10 ? "0\(local.tm_hour)" : "\(local.tm_hour)"
    let minute = local.tm_min < 10 ? "0\(local.tm_min)" : "\(local.tm_min)"

    #expect(text(entry, time: true).hasPrefix("\(hour):\(minute):07.123 info  worker  task"))
  }

  @Test(arguments: Logger.Level.allCases)
  func `messages stand in one column, whatever the level`(level: Logger.Level) {
    let entry = LogEntry(
      time: .epoch, level: level, label: "beat", message: "fired", metadata: [:])

    #expect(Array(text(entry).utf8.dropFirst(14)) == Array("fired\n".utf8))
  }

  @Test func `only the level has a colour`() {
    #expect(text(entry, colours: true).hasPrefix("\u{1B}[32minfo \u{1B}[0m worker  task succ"))
  }

  @Test func `an entry is one line and moves no cursor, whatever a task logs`() {
    let entry = LogEntry(
      time: .epoch, level: .error, label: "worker", message: "a\nb\u{1B}[2J",
      metadata: ["reason": "two\nlines and \"quotes\"", "empty": "", "plain": "a=b"])

    #expect(
      text(entry)
        == #"error worker  a\nb\x1b[2J  reason="two\nlines and \"quotes\"" empty="" plain=a=b"#
        + "\n")
  }

  @Test func `JSON has one object a line`() {
    let entry = LogEntry(
      time: Timestamp(microsecondsSince1970: 1_795_348_987_123_456), level: .warning,
      label: "worker", message: "a \"b\"",
      metadata: [
        "task": "add", "list": ["x", .stringConvertible(1)], "map": ["k": "v"],
      ])

    #expect(
      String(decoding: JSONLayout.line(entry), as: UTF8.self)
        == #"{"ts":"2026-11-22T12:03:07.123456+00:00","level":"warning","logger":"worker","#
        + #""message":"a \"b\"","metadata":{"task":"add","list":["x","1"],"map":{"k":"v"}}}"#
        + "\n")
  }

  @Test func `a handler merges its own metadata with the line's, and knows its level`() {
    let lines = Recorder<String>()
    var logger = Logger(label: "worker") { label in
      LineLogHandler(
        label: label, format: .text, level: .notice,
        output: LogOutput(
          write: { lines.add(String(decoding: $0, as: UTF8.self)) }, showsTime: false,
          hasColours: false))
    }
    logger[metadataKey: "task"] = "add"
    logger[metadataKey: "attempt"] = "1"

    logger.info("unseen")
    logger.notice("seen", metadata: ["attempt": "2"])

    #expect(lines.all == ["note  worker  seen  task=add attempt=2\n"])
  }
}
