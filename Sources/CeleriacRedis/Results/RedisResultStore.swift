public import CeleriacCore
import Synchronization

/// Celery's result backend on Redis: a key for each call, and a channel of the same name.
public final class RedisResultStore: ResultStore {
  /// The server.
  public let url: RedisURL

  let connection: RedisConnection
  let subscriber: RedisSubscriber

  /// Begins to connect; the connection for waiting is made when it is needed.
  ///
  /// - Throws: ``RedisError`` when the operating system gives no thread for it.
  public convenience init(_ url: RedisURL) throws(RedisError) {
    self.init(url, on: try IOThread())
  }

  init(_ url: RedisURL, on thread: IOThread) {
    self.url = url
    let configuration = RedisConfiguration(url, clientName: "celeriac-results")
    connection = RedisConnection(configuration, on: thread)
    subscriber = RedisSubscriber(configuration, on: thread)
  }

  /// Stores and publishes the state of a call.
  public func store(_ write: ResultWrite) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append(.store, keys: [Keys.result(write.id)], write.expirySeconds, write.bytes)
    _ = try await connection.run(batch)
  }

  /// What is stored of a call.
  public func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord? {
    var batch = RedisBatch()
    batch.append("GET", Keys.result(id))
    guard let bytes = try await connection.run(batch, on: [key(of: id)]).first?.bytes else {
      return nil
    }
    return try record(bytes, of: id)
  }

  func key(of id: TaskID) -> ExpectedKey { ExpectedKey(Keys.result(id), "string") }

  func record(_ bytes: [UInt8], of id: TaskID) throws(BrokerError) -> ResultRecord {
    do {
      return try ResultRecord(bytes)
    } catch {
      throw BrokerError(.refused, detail: "\(url): the result of [\(id)] \(error)")
    }
  }

  /// Drops what is stored of a call.
  public func forget(_ id: TaskID) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append("DEL", Keys.result(id))
    _ = try await connection.run(batch)
  }
}
