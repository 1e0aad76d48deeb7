public import CeleriacCore
public import Logging

extension TaskQueue {
  /// A queue on Redis, with its results there or elsewhere.
  ///
  /// The connections are made by themselves, and again whenever they break; all of them share one
  /// I/O thread.
  ///
  /// - Parameters:
  ///   - broker: Where messages wait, such as `redis://localhost:6379/0`.
  ///   - results: Where results wait; with the messages unless given, which also makes storing a
  ///     result and acknowledging its message one step.
  ///   - logger: Where a worker on this queue says what becomes of its lease and its loans.
  /// - Returns: The queue.
  /// - Throws: ``RedisError`` when a URL is not one of Redis, or there is no thread to be had.
  public static func redis(
    _ broker: String, results: String? = nil, logger: Logger = Logger(label: "celeriac.redis")
  ) throws(RedisError) -> TaskQueue {
    let url = try RedisURL(broker)
    let resultURL = try results.map { text throws(RedisError) in try RedisURL(text) }
    return try redis(url, results: resultURL, logger: logger)
  }

  /// A queue on Redis, with its results there or elsewhere.
  ///
  /// - Parameters:
  ///   - broker: Where messages wait.
  ///   - results: Where results wait; with the messages unless given.
  ///   - logger: Where a worker on this queue says what becomes of its lease and its loans.
  /// - Returns: The queue.
  /// - Throws: ``RedisError`` when there is no thread to be had.
  public static func redis(
    _ broker: RedisURL, results: RedisURL? = nil, logger: Logger = Logger(label: "celeriac.redis")
  ) throws(RedisError) -> TaskQueue {
    let messages = try RedisBroker(broker, logger: logger)
    return TaskQueue(
      broker: messages,
      results: RedisResultStore(results ?? broker, on: messages.thread))
  }
}
