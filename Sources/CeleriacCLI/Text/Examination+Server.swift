import CeleriacCore
import CeleriacRedis

extension Examination {
  /// The broker's server, and the results' where it is another.
  static func server(_ session: Session) async -> (findings: [Finding], isReached: Bool) {
    let broker = session.settings.broker.value
    var first = await server("broker", session.door, queues: session.settings.queues.value)
    if first.isReached {
      first.findings += await revocations(broker)
      first.findings += await deadLetters(session)
    }
    guard let results = session.settings.results.value, !results.isSameDatabase(as: broker) else {
      return first
    }
    let second = await server("results", session.resultsDoor, queues: [])
    return (first.findings + second.findings, first.isReached && second.isReached)
  }

  private static func server(
    _ subject: String, _ door: RedisDoor, queues: [QueueName]
  ) async -> (findings: [Finding], isReached: Bool) {
    do {
      let connection = try await door.open()
      let greeting = try await greet(subject, door, connection)
      let info = ServerInspection(
        info: try await connection.send(RedisCommand("INFO")).text ?? "")
      let findings =
        ServerHealth(subject: subject, info: info, stopsWrites: await stopsWrites(connection))
        .findings
      let misused = queues.isEmpty ? [] : try await MisusedKey.among(queues, over: connection)
      return ([greeting] + findings + misused.map { .bad("\(subject), keys", "\($0)") }, true)
    } catch let failure as CommandFailure {
      return ([.bad(subject, failure.message)], false)
    } catch let error as RedisError {
      return ([.bad(subject, BrokerError(error).detail)], false)
    } catch {
      return ([.bad(subject, "\(error)")], false)
    }
  }

  // A server that can't save its data refuses even a PING, and has more to say all the same.
  private static func greet(
    _ subject: String, _ door: RedisDoor, _ connection: RedisConnection
  ) async throws(RedisError) -> Finding {
    let start = ContinuousClock.now
    let reply = try await connection.send(RedisBatch(RedisCommand("PING")))[0]
    let time = Int((ContinuousClock.now - start) / .microseconds(1))
    do throws(RedisError) {
      let answer = try reply.orThrow(by: door.url.description).text ?? ""
      return .good(subject, "\(answer) from \(door.url) in \(time) µs")
    } catch {
      return .bad(subject, BrokerError(error).detail)
    }
  }

  // What is revoked while it waits is found without the news of it; what runs is not.
  private static func revocations(_ url: RedisURL) async -> [Finding] {
    do {
      guard let error = try await RevocationNews.refusal(at: url) else { return [] }
      let reason = error.explanation ?? error.detail
      return [
        .doubtful(
          "revocations", "no worker can hear of them, so what runs already runs on: \(reason)")
      ]
    } catch {
      return [.bad("revocations", "\(error)")]
    }
  }

  // Nil where a user may not ask.
  private static func stopsWrites(_ connection: RedisConnection) async -> Bool? {
    do {
      let name = "stop-writes-on-bgsave-error"
      let reply = try await connection.send(RedisCommand("CONFIG", "GET", name))
      return reply.array?.last?.text.map { $0 == "yes" }
    } catch {
      return nil
    }
  }
}
