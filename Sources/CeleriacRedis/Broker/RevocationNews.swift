import CeleriacCore

/// The channel over which workers hear at once what is revoked.
package enum RevocationNews {
  /// Why nobody can listen to it; nil for who can.
  ///
  /// A connection of its own, and a round trip beside its greeting; at most two seconds.
  package static func refusal(at url: RedisURL) async throws -> RedisError? {
    let subscriber = RedisSubscriber(RedisConfiguration(url), on: try IOThread())
    defer { subscriber.close() }
    let (signals, continuation) = AsyncStream.makeStream(of: RedisSubscriber.Signal.self)
    let subscription = subscriber.subscribe(
      to: Keys.revocationNews(url.database), for: .seconds(2)
    ) { continuation.yield($0) }
    defer { subscription.cancel() }
    for await signal in signals {
      switch signal {
      case .failed(let error): return error
      case .timeIsOver: return RedisError(.timedOut, "\(url)", "no answer to SUBSCRIBE")
      case .listening, .resumed, .message: return nil
      }
    }
    return nil
  }
}
