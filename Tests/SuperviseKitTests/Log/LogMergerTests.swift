import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct LogMergerTests {
  @Test func `lines carry the name, padded, and the channel`() {
    var bench = MergerBench()
    let web = bench.open("web")
    let worker = bench.open("worker.2", .error)

    bench.take("one\ntwo\r\n", from: web)
    bench.take("oh\n\n", from: worker)

    #expect(bench.text == "web      | one\nweb      | two\nworker.2 ! oh\nworker.2 ! \n")
  }

  @Test func `a line is whole however it comes, and others never stand inside it`() {
    var bench = MergerBench()
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
    var bench = MergerBench()
    let web = bench.open("web")

    bench.take("wait", from: web)
    bench.pass(.seconds(60))

    #expect(bench.text == "")
    #expect(bench.merger.deadline == nil)
  }

  @Test func `a person sees a prompt after a moment, and its rest in place`() {
    var bench = MergerBench(terminal: true)
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
    var bench = MergerBench(terminal: true)
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
    var bench = MergerBench()
    let web = bench.open("web")

    bench.take([UInt8](repeating: 65, count: LogMerger.longest), from: web)
    bench.take([UInt8](repeating: 66, count: LogMerger.longest), from: web)
    bench.take("end\n", from: web)

    let lines = bench.text.split(separator: "\n")
    #expect(lines.map { $0.prefix(12) } == ["web      | A", "web      |+ ", "web      |+ "])
    #expect(lines.map(\.count) == [11 + LogMerger.longest, 12 + LogMerger.longest, 15])
  }

  @Test func `colours of a process pass and end with the line`() {
    var bench = MergerBench(terminal: true, colour: true)
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
    "\u{1B}[>4;2mtext", "\u{1B}*Btext", "\u{1B}%Gtext", "\u{1B}#8text", "\u{1B}]text",
  ])
  func `a file gets no escape sequences`(line: String) {
    var bench = MergerBench()
    let web = bench.open("web")

    bench.take(line + "\n", from: web)

    #expect(bench.text == "web      | text\n")
  }

  @Test func `nothing is lost or reordered within one process, however it is cut`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var bench = MergerBench(terminal: Bool.random(using: &generator))
      // From barely enough for a line to enough for all.
      bench.room = [300, 400, 600, 4096].randomElement(using: &generator) ?? 4096
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

  @Test func `a colour lasts over the pieces of a line and ends with it`() {
    var bench = MergerBench(terminal: true, colour: true)
    let web = bench.open("web")

    bench.take("\u{1B}[31mPass", from: web)
    bench.pass(.milliseconds(200))
    bench.take("word? ", from: web)
    bench.pass(.milliseconds(200))
    bench.take("yes\n", from: web)

    #expect(bench.text.hasSuffix("| \u{1B}[31mPassword? yes\u{1B}[0m\n"))
  }

  @Test(arguments: [
    "\u{8}", "\u{B}", "\u{C}", "\u{E}", "\u{F}", "\u{1B}[2J", "\u{1B}]0;x\u{7}", "\u{9B}",
  ])
  func `a shared terminal is moved by nobody, unless that is asked for`(command: String) {
    for raw in [false, true] {
      var bench = MergerBench(terminal: true, raw: raw)
      let web = bench.open("web")

      bench.take("te\(command)xt\n", from: web)

      #expect(bench.text == "web      | te\(raw ? command : "")xt\n")
    }
  }

  @Test func `zeros and broken characters pass as they are`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take([0x61, 0x00, 0xFF, 0xC3, 0x07, 0x0A], from: web)

    #expect(bench.out.suffix(6) == [0x61, 0x00, 0xFF, 0xC3, 0x07, 0x0A])
  }

  @Test func `a character that has come by half waits for its other half`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take([0x61, 0xC3], from: web)
    bench.pass(.milliseconds(200))
    #expect(bench.text == "web      | a")
    bench.take([0xA4, 0x0A], from: web)

    #expect(bench.text == "web      | aä\n")
  }

  @Test(arguments: [false, true])
  func `the longest line finds room in a slot, whatever is in it`(json: Bool) {
    var bench = MergerBench(json: json)
    let web = bench.open("web")
    let worst = [UInt8](repeating: 0xFF, count: LogMerger.longest)

    bench.take(worst, from: web)
    bench.take(worst + [0x0A], from: web)
    bench.take(worst, from: web)
    bench.close(web)

    #expect(bench.text.split(separator: "\n").count == 3)
  }

  @Test func `as JSON a line is one object`() {
    var bench = MergerBench(json: true)
    let web = bench.open("web", .error)

    bench.take("say \"hi\"\t\u{1}ü\\\n", from: web)

    let end = ##"","proc":"web","pid":81,"stream":"stderr","line":"say \"hi\"\t\u0001ü\\"}"##
    #expect(bench.text.hasPrefix(##"{"ts":""##))
    #expect(bench.text.hasSuffix(end + "\n"))
  }

  @Test func `as JSON the pieces of a line say that they are`() {
    var bench = MergerBench(json: true)
    let web = bench.open("web")

    bench.take([UInt8](repeating: 0x61, count: LogMerger.longest), from: web)
    bench.take("the rest\nwhole\n", from: web)

    let lines = bench.text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.map { $0.hasSuffix("\"partial\":true}") } == [true, true, false])
  }

  @Test func `as JSON other bytes than UTF-8 are kept in base64`() {
    var bench = MergerBench(json: true)
    let web = bench.open("web")

    bench.take([0x61, 0xFF, 0xC3, 0x0A], from: web)

    #expect(bench.text.hasSuffix(##""line":"a\ufffd\ufffd","raw":"Yf/D"}"## + "\n"))
  }
}
