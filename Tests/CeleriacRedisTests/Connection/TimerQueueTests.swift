import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct TimerQueueTests {
  private let start = ContinuousClock.now

  @Test(arguments: 1...20) func `timers come up as a sorted list would give them`(
    _ seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var queue = TimerQueue<Int>()
    var naive: [(due: Int, payload: Int, id: TimerQueue<Int>.ID)] = []

    for payload in 0..<500 {
      let due = Int.random(in: 0..<100, using: &random)
      let id = queue.insert(payload, due: start + .seconds(due))
      naive.append((due, payload, id))
      if Int.random(in: 0..<2, using: &random) == 0 {
        let victim = naive.remove(at: Int.random(in: naive.indices, using: &random))
        queue.remove(victim.id)
        queue.remove(victim.id)
      }
    }

    #expect(queue.count == naive.count)
    for second in 0..<100 {
      let due = naive.filter { $0.due <= second }
        .sorted { ($0.due, $0.payload) < ($1.due, $1.payload) }
      naive.removeAll { $0.due <= second }
      var popped: [Int] = []
      while let payload = queue.popDue(at: start + .seconds(second)) { popped.append(payload) }
      #expect(popped == due.map(\.payload))
    }
    #expect(queue.nextDue() == nil)
  }

  @Test func `cancelled timers do not pile up`() {
    var queue = TimerQueue<Int>()
    let kept = queue.insert(0, due: start + .seconds(1))

    for number in 1...10_000 {
      queue.remove(queue.insert(number, due: start + .seconds(number)))
    }

    #expect(queue.heapCount < 200)
    #expect(queue.nextDue() == start + .seconds(1))
    queue.remove(kept)
    #expect(queue.nextDue() == nil)
  }
}
