import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RedisSubscriberTests {
  typealias Signals = Recorder<RedisSubscriber.Signal>

  private func subscriber(
    _ server: RedisServer, commandTimeout: Duration = .seconds(5), url: String? = nil
  ) throws -> RedisSubscriber {
    let url = try RedisURL(url ?? server.url)
    return RedisSubscriber(
      RedisConfiguration(url, commandTimeout: commandTimeout), on: try IOThread())
  }

  private func text(_ text: String) -> RedisSubscriber.Signal { .message(Array(text.utf8)) }

  @Test func `a receiver is told when it listens and what was published`() async throws {
    let server = try await RedisServer.start()
    let publisher = try connect(to: server)
    let subscriber = try subscriber(server)
    let signals = Signals()

    let place = subscriber.subscribe(to: "channel", signals.add)
    #expect(try await signals.waits { $0 == [.listening] })
    _ = try await publisher.send(RedisCommand("PUBLISH", "channel", "one"))
    _ = try await publisher.send(RedisCommand("PUBLISH", "channel", "two"))

    #expect(try await signals.waits { $0 == [.listening, text("one"), text("two")] })
    place.cancel()
  }

  @Test func `receivers share one subscription, left with the last of them`() async throws {
    let server = try await RedisServer.start()
    let publisher = try connect(to: server)
    let subscriber = try subscriber(server)
    let (one, two) = (Signals(), Signals())
    let count = { () async throws -> Int in
      try await publisher.send(RedisCommand("PUBSUB", "NUMSUB", "channel")).array?[1].integer ?? -1
    }

    let first = subscriber.subscribe(to: "channel", one.add)
    let second = subscriber.subscribe(to: "channel", two.add)
    #expect(try await two.waits { $0 == [.listening] })
    #expect(try await count() == 1)
    first.cancel()
    _ = try await publisher.send(RedisCommand("PUBLISH", "channel", "late"))
    #expect(try await two.waits { $0.count == 2 })
    #expect(one.all == [.listening])
    second.cancel()

    #expect(try await eventually { try await count() == 0 })
  }

  @Test func `a gap is told to every receiver, and messages arrive again`() async throws {
    let server = try await RedisServer.start()
    let publisher = try connect(to: server)
    let subscriber = try subscriber(server)
    let channels = (0..<1000).map { "channel\($0)" }
    let signals = channels.map { _ in Signals() }
    let places = zip(channels, signals).map { subscriber.subscribe(to: $0, $1.add) }
    for signal in signals { #expect(try await signal.waits { $0 == [.listening] }) }

    server.kill()
    try await server.restart()

    for signal in signals { #expect(try await signal.waits { $0 == [.listening, .resumed] }) }
    _ = try await publisher.send(RedisCommand("PUBLISH", "channel999", "again"))
    #expect(try await signals[999].waits { $0.last == text("again") })
    for place in places { place.cancel() }
  }

  @Test func `joining and leaving in quick turns ends as the last turn says`() async throws {
    let server = try await RedisServer.start()
    let publisher = try connect(to: server)
    let subscriber = try subscriber(server)
    for _ in 0..<200 {
      subscriber.subscribe(to: "channel") { _ in }.cancel()
    }
    let signals = Signals()

    let place = subscriber.subscribe(to: "channel", signals.add)
    #expect(try await signals.waits { $0 == [.listening] })
    let heard = try await publisher.send(RedisCommand("PUBLISH", "channel", "x"))

    #expect(heard == .integer(1))
    #expect(try await signals.waits { $0 == [.listening, text("x")] })
    place.cancel()
  }

  @Test func `a channel that the user may not hear is refused, the others are heard`() async throws
  {
    let server = try await RedisServer.start(users: ["ann on >pw ~* &open* +@all"])
    let subscriber = try subscriber(
      server, url: server.url(user: "ann", password: "pw"))
    let (closed, open, second) = (Signals(), Signals(), Signals())

    let places = [
      subscriber.subscribe(to: "closed", closed.add),
      subscriber.subscribe(to: "open", open.add),
      subscriber.subscribe(to: "closed2", second.add),
    ]

    #expect(try await open.waits { $0.first == .listening })
    for signals in [closed, second] {
      #expect(try await signals.waits { $0.count == 1 })
      guard case .failed(let error) = signals.all.first else {
        Issue.record("not refused: \(signals.all)")
        return
      }
      #expect(error.detail.hasPrefix("NOPERM"))
    }
    for place in places { place.cancel() }
  }

  @Test func `a server that falls silent is noticed`() async throws {
    let server = try await RedisServer.start()
    let subscriber = try subscriber(server, commandTimeout: .milliseconds(200))
    let signals = Signals()
    let place = subscriber.subscribe(to: "channel", signals.add)
    #expect(try await signals.waits { $0 == [.listening] })

    server.pause()
    try await Task.sleep(for: .seconds(1))
    server.resume()

    #expect(try await signals.waits { $0 == [.listening, .resumed] })
    place.cancel()
  }

  @Test func `a quiet channel keeps its connection`() async throws {
    let server = try await RedisServer.start()
    let publisher = try connect(to: server)
    let subscriber = try subscriber(server, commandTimeout: .milliseconds(50))
    let signals = Signals()
    let place = subscriber.subscribe(to: "channel", signals.add)
    #expect(try await signals.waits { $0 == [.listening] })

    try await Task.sleep(for: .seconds(1))
    _ = try await publisher.send(RedisCommand("PUBLISH", "channel", "x"))

    #expect(try await signals.waits { $0 == [.listening, text("x")] })
    place.cancel()
  }

  @Test func `closing tells every receiver`() async throws {
    let server = try await RedisServer.start()
    let subscriber = try subscriber(server)
    let signals = Signals()
    let place = subscriber.subscribe(to: "channel", signals.add)
    #expect(try await signals.waits { $0 == [.listening] })

    subscriber.close()

    #expect(try await signals.waits { $0.count == 2 })
    guard case .failed(let error) = signals.all.last else {
      Issue.record("not told: \(signals.all)")
      return
    }
    #expect(error.code == .closed)
    place.cancel()
  }
}
