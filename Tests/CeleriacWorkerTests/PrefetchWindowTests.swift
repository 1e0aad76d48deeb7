import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct PrefetchWindowTests {
  private let start = ContinuousClock.now

  private func window(least: Int = 8, time: Duration = .milliseconds(50)) -> PrefetchWindow {
    PrefetchWindow(least: least, time: time, at: start)
  }

  private func finish(_ count: Int, in window: inout PrefetchWindow) {
    for _ in 0..<count { window.finish() }
  }

  @Test func `short tasks are held ready for fifty milliseconds`() {
    var window = window()
    finish(100, in: &window)

    window.measure(at: start + .milliseconds(10))

    #expect(window.size == 500)
  }

  @Test func `never are more than a thousand held, nor less than the least`() {
    var window = window()
    finish(10_000, in: &window)
    window.measure(at: start + .milliseconds(10))
    #expect(window.size == 1000)

    window.measure(at: start + .seconds(10))
    #expect(window.size == 8)
  }

  @Test func `a moment is no measure`() {
    var window = window()
    finish(100, in: &window)

    window.measure(at: start + .milliseconds(4))

    #expect(window.size == 8)
  }

  @Test func `without a time the least is all`() {
    var window = window(least: 0, time: .zero)
    finish(10_000, in: &window)

    window.measure(at: start + .seconds(1))

    #expect(window.size == 0)
  }

  @Test func `what was taken for short tasks goes back when they become long`() {
    var window = window()
    finish(1000, in: &window)
    window.measure(at: start + .milliseconds(50))
    window.watch(at: start + .milliseconds(50))

    finish(200, in: &window)
    #expect(window.surplus(of: 900, at: start + .milliseconds(150)) == 700)

    finish(1, in: &window)
    #expect(window.surplus(of: 200, at: start + .milliseconds(250)) == 192)
  }
}
