import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
  @Test func `whoever settles first, the waiter is told once`() async {
    for round in 0..<2000 {
      let exchange = Exchange(RedisBatch(), timeout: nil)
      let told = Counter()

      await withTaskGroup(of: Void.self) { group in
        group.addTask { _ = exchange.wait { _ in told.add() } }
        for number in 0..<4 {
          group.addTask { exchange.settle(.success([.integer(number)])) }
        }
      }

      #expect(told.value == 1, "round \(round)")
    }
  }

  @Test func `an exchange that was cancelled before is not sent`() {
    let exchange = Exchange(RedisBatch(), timeout: nil)
    exchange.settle(.failure(RedisError(.cancelled, "redis", "")))

    let mustSend = exchange.wait { _ in }

    #expect(!mustSend)
    #expect(exchange.isSettled)
  }
}
