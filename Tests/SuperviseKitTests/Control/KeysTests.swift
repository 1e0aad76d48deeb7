import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct KeysTests {
  private func press(_ text: String, _ keys: inout Keys) -> [Keys.Action] {
    keys.receive(
      text.utf8, kinds: ["redis", "worker"],
      names: ["redis", "worker", "redis", "worker.1", "worker.2", "web"])
  }

  @Test func `each key has its meaning`() {
    var keys = Keys()

    #expect(
      press("rRps?q", &keys) == [.reload, .restartAll, .pause, .status, .help, .quit])
  }

  @Test func `digits stand for kinds, and those that stand for none do nothing`() {
    var keys = Keys()

    #expect(press("1293", &keys) == [.focus("redis"), .focus("worker")])
    #expect(press("0", &keys) == [.focus(nil)])
    #expect(press("xyz \n", &keys) == [])
  }

  @Test func `a name is typed, with the keys that mend it`() {
    var keys = Keys()

    #expect(press("/worker.", &keys) == [])
    #expect(keys.naming == "worker.")
    #expect(press("3\u{7F}2\n", &keys) == [.focus("worker.2")])
    #expect(keys.naming == nil)
    #expect(press("/q\u{15}we\r", &keys) == [.focus("web")])
    #expect(press("/work\n", &keys) == [.focus("worker")])
    #expect(press("/w\n", &keys) == [.unknown("w")])
    #expect(press("/\n", &keys) == [])
  }

  @Test func `the escape key ends the typing, and then the focus`() {
    var keys = Keys()

    #expect(press("/wor\u{1B}", &keys) == [])
    #expect(keys.naming == nil)
    #expect(press("\u{1B}", &keys) == [.focus(nil)])
  }

  @Test func `arrow and function keys mean nothing`() {
    var keys = Keys()

    #expect(press("\u{1B}[A\u{1B}OQ\u{1B}[15~\u{1B}[1;5C", &keys) == [])
    #expect(press("s", &keys) == [.status])
  }

  @Test func `nothing that can be typed does harm`() {
    var keys = Keys()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = keys.receive(bytes, kinds: [], names: [])
      #expect((keys.naming?.count ?? 0) <= 64)
    }
  }
}
