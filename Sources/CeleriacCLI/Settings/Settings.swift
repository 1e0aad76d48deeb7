import CeleriacCore
import CeleriacRedis
import CeleriacWorker
import Glibc
import Logging

/// All settings of an application, each with the one who has said it.
struct Settings: Sendable {
  let broker: Sourced<RedisURL>
  /// Nil: with the messages.
  let results: Sourced<RedisURL?>
  let defaultQueue: Sourced<QueueName>
  let queues: Sourced<[QueueName]>
  let hostname: Sourced<NodeName>
  let concurrency: Sourced<Int>
  /// Nil: as many as the tasks are short.
  let prefetch: Sourced<Int?>
  let stopTimeout: Sourced<Duration>
  let lease: Sourced<Duration>
  let unknownTasks: Sourced<UnknownTaskPolicy>
  let deliveries: Sourced<Int>
  let visibility: Sourced<LoanVisibility>
  let resultExpiry: Sourced<Duration>
  let logLevel: Sourced<Logger.Level>
  let logFormat: Sourced<LogFormat>

  /// Weighs what code, environment and command line say.
  ///
  /// - Parameters:
  ///   - code: What the application says.
  ///   - texts: What environment and command line say.
  ///   - taskQueues: The queues that the application's tasks go to.
  /// - Throws: ``SettingError`` for the first text that can't be read.
  init(
    _ code: Configuration, _ texts: SettingTexts, taskQueues: [QueueName] = []
  ) throws(SettingError) {
    broker = try texts.value(
      of: .broker,
      code: try code.broker.map { text throws(SettingError) in
        try Setting<RedisURL>.broker.value(of: text, from: .code)
      }, otherwise: RedisURL())
    results = try texts.value(
      of: .results, code: try Self.results(code.results), otherwise: nil)
    let defaultQueue = try texts.value(
      of: .defaultQueue, code: code.defaultQueue, otherwise: .default)
    self.defaultQueue = defaultQueue
    queues = try texts.value(
      of: .queues, code: code.queues,
      otherwise: [defaultQueue.value] + taskQueues.filter { $0 != defaultQueue.value })
    for name in [defaultQueue.value] + queues.value + taskQueues {
      guard let objection = name.objection else { continue }
      throw SettingError(
        setting: "name of a queue", source: .code, text: name.rawValue, objection: objection)
    }
    let supervision = Supervision(environment: texts.environment)
    hostname = try texts.value(of: .hostname, otherwise: NodeName(place: supervision.place))
    concurrency = try texts.value(of: .concurrency, code: code.concurrency, otherwise: Self.cores)
    prefetch = try texts.value(
      of: .prefetch, code: code.prefetch.map(Optional.some), otherwise: nil)
    stopTimeout = try texts.value(
      of: .stopTimeout, code: code.stopTimeout, otherwise: .seconds(60))
    lease = try texts.value(of: .lease, code: code.lease, otherwise: .seconds(10))
    unknownTasks = try texts.value(of: .unknownTasks, code: code.unknownTasks, otherwise: .bury)
    deliveries = try texts.value(of: .deliveries, code: code.deliveries, otherwise: 3)
    visibility = try texts.value(of: .visibility, code: code.visibility, otherwise: .own)
    resultExpiry = try texts.value(
      of: .resultExpiry, code: code.resultExpiry, otherwise: .seconds(86_400))
    logLevel = try texts.value(of: .logLevel, code: code.logLevel, otherwise: .info)
    logFormat = try texts.value(of: .logFormat, code: code.logFormat, otherwise: .text)
  }

  private static func results(_ backend: ResultBackend?) throws(SettingError) -> RedisURL?? {
    switch backend {
    case nil: nil
    case .sameAsBroker: .some(nil)
    case .redis(let text): .some(try Setting<RedisURL?>.results.value(of: text, from: .code))
    }
  }

  private static var cores: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}

extension Settings {
  /// Name, value and source of every setting, for people.
  var rows: [SettingRow] {
    [
      SettingRow(.broker, broker), SettingRow(.results, results),
      SettingRow(.defaultQueue, defaultQueue), SettingRow(.queues, queues),
      SettingRow(.hostname, hostname), SettingRow(.concurrency, concurrency),
      SettingRow(.prefetch, prefetch), SettingRow(.stopTimeout, stopTimeout),
      SettingRow(.lease, lease), SettingRow(.unknownTasks, unknownTasks),
      SettingRow(.deliveries, deliveries), SettingRow(.visibility, visibility),
      SettingRow(.resultExpiry, resultExpiry), SettingRow(.logLevel, logLevel),
      SettingRow(.logFormat, logFormat),
    ]
  }
}

/// One line of `list --settings`.
struct SettingRow: Encodable, Equatable {
  let name: String
  let value: String
  let source: String

  init<Value>(_ setting: Setting<Value>, _ sourced: Sourced<Value>) {
    name = setting.name
    value = setting.show(sourced.value)
    source = sourced.source.description
  }
}
