import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct StatusLineTests {
  @Test func `it says what is not as it should be`() {
    let text = StatusLine.text(
      [("redis", .ready), ("web", .failed), ("beat", .stopped)], doing: ["building"], columns: 80)

    #expect(text == "building · 1/2 ready · web failed · beat stopped · ? for keys")
  }

  @Test func `at a stop it says first that it stops, and then who is waited for`() {
    #expect(
      StatusLine.stopping(["web", "worker.2"], columns: 80)
        == "stopping · web, worker.2 still run")
    #expect(StatusLine.stopping(["web"], columns: 80) == "stopping · web still runs")
    #expect(StatusLine.stopping(["web", "worker.2"], columns: 15) == "stopping · web…")
    #expect(StatusLine.stopping([], columns: 80) == "stopping")
  }

  @Test func `it never has more columns than there are`() {
    for columns in 1...80 {
      let cut = StatusLine.text(
        [("redis", .ready), ("web", .failed)], doing: ["building"], columns: columns)

      #expect(cut.count <= columns)
    }
  }
}
