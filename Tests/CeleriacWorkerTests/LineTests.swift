import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct LineTests {
  @Test func `what came first goes first, however long the line was`() {
    var line = Line<Int>()
    var next = 0
    for number in 0..<10_000 {
      line.append(number)
      if number.isMultiple(of: 3) {
        #expect(line.popFirst() == next)
        next += 1
      }
    }
    #expect(line.count == 10_000 - next)
    while let number = line.popFirst() {
      #expect(number == next)
      next += 1
    }
    #expect(line.isEmpty)
    #expect(next == 10_000)
  }

  @Test func `the last ones come out in their order`() {
    var line = Line<Int>()
    line.append(contentsOf: 0..<5)
    _ = line.popFirst()

    #expect(line.popLast(2) == [3, 4])
    #expect(line.popLast(9) == [1, 2])
    #expect(line.popFirst() == nil)
  }

  @Test func `some can be dropped`() {
    var line = Line<Int>()
    line.append(contentsOf: 0..<6)
    _ = line.popFirst()

    line.removeAll { $0.isMultiple(of: 2) }

    #expect(line.popAll() == [1, 3, 5])
  }
}
