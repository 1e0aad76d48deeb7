import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct StatusLineTests {
  @Test func `it says what is not as it should be`() {
    let text = StatusLine.text(
      [("redis", .ready), ("web", .failed), ("beat", .stopped)], doing: ["building"], columns: 80)

    #expect(text == "1/2 ready · web failed · beat stopped · building · ? for keys")
  }

  @Test func `it never has more columns than there are`() {
    for columns in 1...80 {
      let cut = StatusLine.text(
        [("redis", .ready), ("web", .failed)], doing: ["building"], columns: columns)

      #expect(cut.count <= columns)
    }
  }
}
