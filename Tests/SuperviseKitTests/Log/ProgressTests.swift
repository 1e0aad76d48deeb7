import Testing

@testable import SuperviseKit

/// Lines that are overwritten in place, as progress bars are.
@Suite(.timeLimit(.minutes(1)))
struct ProgressTests {
  @Test func `of a progress bar a terminal keeps the last state`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take("10 %\r50 %\r100 %\n", from: web)

    #expect(bench.text == "web      | 100 %\n")
  }

  @Test func `progress is redrawn in place, ten times a second at most`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take("10 %\r", from: web)
    bench.pass(.milliseconds(200))
    #expect(bench.text == clipped("web      | 10 %"))
    bench.out = []
    bench.take("20 %\r30 %\r", from: web)
    bench.pass(.milliseconds(99))
    bench.take("40 %\r", from: web)
    #expect(bench.text == "")
    bench.pass(.milliseconds(1))
    #expect(bench.text == clipped("\rweb      | \u{1B}[K40 %"))
    bench.out = []
    bench.take("100 %\nnext\n", from: web)

    #expect(bench.text == "\rweb      | \u{1B}[K100 %\nweb      | next\n")
  }

  @Test func `interrupted progress goes on in a line of its own`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")
    let other = bench.open("other")

    bench.take("10 %\r", from: web)
    bench.pass(.milliseconds(200))
    bench.take("news\n", from: other)
    bench.take("20 %\r", from: web)
    bench.pass(.milliseconds(200))
    bench.take("done\r\n", from: web)

    let lines = bench.text.split(separator: "\n")
    #expect(
      lines == [
        clipped("web      | 10 %")[...], "other    | news",
        "\(clipped("web      | 20 %"))\rweb      | \u{1B}[Kdone",
      ])
  }

  @Test func `progress that nobody has seen yet leaves its last state`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take("10 %\r", from: web)
    bench.take("20 %\r", from: web)
    bench.take("30 %", from: web)
    bench.close(web)

    #expect(bench.text == "web      | 30 %\n")
  }

  @Test func `a file keeps every state of a progress bar`() {
    var bench = MergerBench()
    let web = bench.open("web")

    bench.take("10 %\r20", from: web)
    bench.take(" %\r\n", from: web)

    #expect(bench.text == "web      | 10 %\r20 %\n")
  }

  @Test func `the end of one is shown whole, however little of it there was room for`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")

    bench.take("a line without its end\r", from: web)
    bench.pass(.milliseconds(200))
    #expect(bench.text == clipped("web      | a line without its end"))
    bench.out = []
    bench.take("\nnext\n", from: web)

    #expect(bench.text == "\rweb      | \u{1B}[Ka line without its end\nweb      | next\n")
  }

  @Test func `interrupted, its last state is shown whole at its end`() {
    var bench = MergerBench(terminal: true)
    let web = bench.open("web")
    let other = bench.open("other")

    bench.take("\r90 % of a long line", from: web)
    bench.pass(.milliseconds(200))
    bench.take("news\n", from: other)
    bench.out = []
    bench.take(", done\n", from: web)

    #expect(bench.text == "web      | 90 % of a long line, done\n")
  }

  /// What is cut off at the window's right margin instead of going on in another row.
  private func clipped(_ text: String) -> String {
    "\u{1B}[?7l\(text)\u{1B}[?7h"
  }
}
