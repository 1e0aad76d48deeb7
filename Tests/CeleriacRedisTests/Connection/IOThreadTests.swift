import Foundation
import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct IOThreadTests {
  @Test func `a repeated timer keeps its rhythm while tasks burn every core`() async throws {
    let thread = try IOThread()
    let beats = Recorder<ContinuousClock.Instant>()
    let burners = (0..<16).map { _ in
      Task.detached {
        var number: UInt64 = 1
        while !Task.isCancelled { number = number &* 3 &+ 1 }
        return number
      }
    }
    let start = ContinuousClock.now

    let timer = thread.repeat(every: .milliseconds(50)) { _ in beats.add(.now) }
    let done = DispatchSemaphore(value: 0)
    thread.schedule(after: .milliseconds(1025)) { _ in done.signal() }
    Self.wait(done)
    timer.cancel()
    for burner in burners { burner.cancel() }

    let late = zip(1..., beats.all).map { start.duration(to: $1) - .milliseconds(50) * $0 }
    #expect((18...20).contains(late.count))
    #expect(late.allSatisfy { $0 >= .zero && $0 < .milliseconds(200) }, "\(late)")
  }

  /// Blocks on purpose: the burning tasks leave no thread on which a continuation could run.
  private static func wait(_ semaphore: DispatchSemaphore) { semaphore.wait() }

  @Test func `a cancelled timer does not fire`() async throws {
    let thread = try IOThread()
    let fired = Counter()

    let timer = thread.schedule(after: .milliseconds(20)) { _ in fired.add() }
    timer.cancel()
    let later = Recorder<Int>()
    thread.schedule(after: .milliseconds(40)) { _ in later.add(1) }

    #expect(try await later.waits { !$0.isEmpty })
    #expect(fired.value == 0)
  }

  @Test func `what is confined to a thread goes there, wherever its box is let go`() async throws {
    let thread = try IOThread()
    let ends = Recorder<pthread_t>()
    let threads = Recorder<pthread_t>()
    thread.perform { _ in threads.add(pthread_self()) }
    var box: Confined<Witness>? = Confined(on: thread) { _ in Witness(ends) }
    await thread.settle()
    #expect(box != nil && ends.all.isEmpty)

    box = nil

    #expect(try await ends.waits { !$0.isEmpty })
    #expect(ends.all == threads.all)
  }

  /// Tells where it ends.
  private final class Witness {
    private let ends: Recorder<pthread_t>

    init(_ ends: Recorder<pthread_t>) { self.ends = ends }

    deinit { ends.add(pthread_self()) }
  }

  @Test func `work runs in the order of its hand-over`() async throws {
    let thread = try IOThread()
    let order = Recorder<Int>()

    for number in 0..<10_000 { thread.perform { _ in order.add(number) } }
    await thread.settle()

    #expect(order.all == Array(0..<10_000))
  }

  @Test func `connections, subscribers and threads leave no descriptor behind`() async throws {
    await #expect(processExitsWith: .success) {
      let server = try await RedisServer.start()
      let url = try RedisURL(server.url)
      let before = try Self.descriptors()

      for _ in 0..<20 {
        let thread = try IOThread()
        let connections = (0..<10).map { _ in
          RedisConnection(RedisConfiguration(url), on: thread)
        }
        for connection in connections { _ = try await connection.send(RedisCommand("PING")) }
        let subscriber = RedisSubscriber(RedisConfiguration(url), on: thread)
        let place = subscriber.subscribe(to: "channel") { _ in }
        #expect(try Self.descriptors() > before)
        _ = place
      }

      let isClean = try await eventually { try Self.descriptors() == before }
      #expect(isClean)
      exit(isClean ? 0 : 1)
    }
  }

  private static func descriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }
}
