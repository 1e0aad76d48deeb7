import Testing

@testable import SuperviseKit

/// A merger with a clock that the test moves, and its output as text.
private struct Bench {
  var merger: LogMerger
  var now = ContinuousClock.Instant.now
  var stamp: LogStamp
  var out: [UInt8] = []

  init(terminal: Bool = false, colour: Bool = false, json: Bool = false) {
    var style = LogStyle()
    style.time = false
    style.terminal = terminal
    style.colour = colour
    style.form = json ? .json : .text
    merger = LogMerger(style, width: 8)
    stamp = LogStamp(style)
    if json { stamp.set(seconds: 0, nanoseconds: 123_000_000) }
  }

  mutating func open(_ name: String, _ channel: LogMerger.Channel = .output) -> Int {
    merger.open(name: name, kind: name, pid: 81, channel)
  }

  mutating func take(_ text: String, from stream: Int) { take(Array(text.utf8), from: stream) }

  mutating func take(_ bytes: [UInt8], from stream: Int) {
    bytes.withUnsafeBytes {
      merger.take($0, from: stream, at: stamp, now: now, into: &out)
    }
  }

  mutating func close(_ stream: Int) { merger.close(stream, at: stamp, into: &out) }

  mutating func pass(_ time: Duration) {
    now += time
    merger.showUnfinished(at: stamp, now: now, into: &out)
  }

  var text: String { String(decoding: out, as: UTF8.self) }
}

@Suite(.timeLimit(.minutes(1)))
struct LogMergerTests {
  @Test func `lines carry the name, padded, and the channel`() {
    var bench = Bench()
    let web = bench.open("web")
    let worker = bench.open("worker.2", .error)

    bench.take("one\ntwo\r\n", from: web)
    bench.take("oh\n\n", from: worker)

    #expect(bench.text == "web      | one\nweb      | two\nworker.2 ! oh\nworker.2 ! \n")
  }

  @Test func `a line is whole however it comes, and others never stand inside it`() {
    var bench = Bench()
    let first = bench.open("a")
    let second = bench.open("b")

    for character in "hello" {
      bench.take(String(character), from: first)
      bench.take("x\n", from: second)
    }
    bench.take(" world\nnext", from: first)
    bench.close(first)

    let lines = bench.text.split(separator: "\n")
    #expect(lines.suffix(2) == ["a        | hello world", "a        | next"])
    #expect(lines.dropLast(2).allSatisfy { $0 == "b        | x" })
  }

  @Test func `a file never gets an unfinished line`() {
    var bench = Bench()
    let web = bench.open("web")

    bench.take("wait", from: web)
    bench.pass(.seconds(60))

    #expect(bench.text == "")
    #expect(bench.merger.deadline == nil)
  }

  @Test func `a person sees a prompt after a moment, and its rest in place`() {
    var bench = Bench(terminal: true)
    let web = bench.open("web")

    bench.take("Name? ", from: web)
    bench.pass(.milliseconds(199))
    #expect(bench.text == "")
    bench.pass(.milliseconds(1))
    #expect(bench.text == "web      | Name? ")
    bench.take("Bob\nHi\n", from: web)

    #expect(bench.text == "web      | Name? Bob\nweb      | Hi\n")
    #expect(bench.merger.deadline == nil)
  }

  @Test func `interrupted, the rest is a marked line of its own`() {
    var bench = Bench(terminal: true)
    let web = bench.open("web")
    let other = bench.open("other")

    bench.take("half", from: web)
    bench.pass(.milliseconds(200))
    bench.take("news\n", from: other)
    bench.take(" rest\nnext\n", from: web)

    #expect(
      bench.text
        == "web      | half\nother    | news\nweb      |+  rest\nweb      | next\n")
  }

  @Test func `a line without end is cut into marked pieces`() {
    var bench = Bench()
    let web = bench.open("web")

    bench.take([UInt8](repeating: 65, count: LogMerger.longest), from: web)
    bench.take([UInt8](repeating: 66, count: LogMerger.longest), from: web)
    bench.take("end\n", from: web)

    let lines = bench.text.split(separator: "\n")
    #expect(lines.map { $0.prefix(12) } == ["web      | A", "web      |+ ", "web      |+ "])
    #expect(lines.map(\.count) == [11 + LogMerger.longest, 12 + LogMerger.longest, 15])
  }

  @Test func `colours of a process pass and end with the line`() {
    var bench = Bench(terminal: true, colour: true)
    let web = bench.open("web")

    bench.take("\u{1B}[31mred\n", from: web)
    bench.take("\u{1B}[31mred\u{1B}[0m plain\n", from: web)

    let lines = bench.text.split(separator: "\n")
    #expect(lines[0].hasSuffix("\u{1B}[31mred\u{1B}[0m"))
    #expect(lines[1].hasSuffix("\u{1B}[31mred\u{1B}[0m plain"))
  }

  @Test(arguments: [
    "\u{1B}[2Jtext", "\u{1B}[1;1Htext", "\u{1B}]0;title\u{7}text", "te\u{1B}[?25lxt",
    "\u{1B}]8;;http://x\u{1B}\\text", "\u{1B}[31mtext\u{1B}[0m", "\u{1B}ctext", "text\u{1B}[",
  ])
  func `a file gets no escape sequences`(line: String) {
    var bench = Bench()
    let web = bench.open("web")

    bench.take(line + "\n", from: web)

    #expect(bench.text == "web      | text\n")
  }

  @Test func `of a progress bar a terminal keeps the last state`() {
    var bench = Bench(terminal: true)
    let web = bench.open("web")

    bench.take("10 %\r50 %\r100 %\n", from: web)

    #expect(bench.text == "web      | 100 %\n")
  }

  @Test func `nothing is lost or reordered within one process, however it is cut`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var bench = Bench(terminal: Bool.random(using: &generator))
      let streams = [bench.open("a"), bench.open("b")]
      var sent = ["", ""]
      for number in 0..<40 {
        let which = Int.random(in: 0...1, using: &generator)
        let text = ["\(number)", "\(number)\n", "\n", "x\(number)\ny"].randomElement() ?? ""
        sent[which] += text
        bench.take(text, from: streams[which])
        if Bool.random(using: &generator) { bench.pass(.milliseconds(120)) }
      }
      for stream in streams { bench.close(stream) }

      for (which, name) in ["a", "b"].enumerated() {
        let lines = bench.text.split(separator: "\n", omittingEmptySubsequences: false)
          .filter { $0.hasPrefix(name) }
        var text = ""
        for line in lines {
          let continues = line.dropFirst(9).hasPrefix("|+ ")
          if !text.isEmpty, !continues { text += "\n" }
          text += line.dropFirst(continues ? 12 : 11)
        }
        let wanted = sent[which].split(separator: "\n", omittingEmptySubsequences: false)
        let given = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(given.filter { !$0.isEmpty } == wanted.filter { !$0.isEmpty })
      }
    }
  }

  @Test func `as JSON a line is one object`() {
    var bench = Bench(json: true)
    let web = bench.open("web", .error)

    bench.take("say \"hi\"\t\u{1}ü\\\n", from: web)

    let end = ##"","proc":"web","pid":81,"stream":"stderr","line":"say \"hi\"\t\u0001ü\\"}"##
    #expect(bench.text.hasPrefix(##"{"ts":""##))
    #expect(bench.text.hasSuffix(end + "\n"))
  }

  @Test func `as JSON other bytes than UTF-8 are kept in base64`() {
    var bench = Bench(json: true)
    let web = bench.open("web")

    bench.take([0x61, 0xFF, 0xC3, 0x0A], from: web)

    #expect(bench.text.hasSuffix(##""line":"a\ufffd\ufffd","raw":"Yf/D"}"## + "\n"))
  }
}
