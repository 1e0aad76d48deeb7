import CeleriacBeat
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule
import Logging

/// An application at work: its tasks found, its settings weighed.
struct Session {
  let name: String
  let version: String?
  let registry: TaskRegistry
  /// The entries of beat beside the periodic tasks.
  let listed: [BeatEntry]
  let settings: Settings
  let surroundings: Surroundings

  init<App: CeleriacApp>(
    _ app: App.Type, flags: [String: String], in surroundings: Surroundings
  ) throws {
    let app = App()
    name = App.name
    version = App.version
    listed = app.schedule
    self.surroundings = surroundings
    do {
      registry =
        App.discoversTasks
        ? try .discover(adding: app.tasks) : try TaskRegistry(listing: app.tasks)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    do {
      settings = try Settings(
        app.configuration,
        SettingTexts(environment: surroundings.environment, flags: flags),
        taskQueues: registry.queues)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// The door to the broker's Redis.
  var door: RedisDoor { RedisDoor(url: settings.broker.value, program: name) }

  /// The door to the results' Redis, which may be the broker's.
  var resultsDoor: RedisDoor {
    guard let url = settings.results.value else { return door }
    return RedisDoor(
      url: url, program: name, setting: "--result-backend or CELERIAC_RESULT_BACKEND")
  }

  /// Whether a person at this terminal is to be greeted.
  ///
  /// Not in JSON; and not under a supervisor, where every reload of every worker would do it again.
  var showsBanner: Bool {
    settings.logFormat.value == .text && !Supervision.isPresent(in: surroundings.environment)
  }

  /// The supervisor's words to this process.
  var supervision: Supervision { Supervision(environment: surroundings.environment) }

  /// All entries of beat: the periodic tasks, and the further ones.
  var entries: [ScheduledEntry] {
    let tasks = registry.periodic.compactMap { task in
      task.handle.periodic.map { ScheduledEntry(name: task.name, schedule: $0.schedule) }
    }
    return tasks + listed.map { ScheduledEntry(name: $0.name, schedule: $0.schedule) }
  }

  /// Prepares a beat.
  ///
  /// - Parameters:
  ///   - queue: Where it sends.
  ///   - onReady: Called once, when it keeps time.
  /// - Returns: The beat.
  /// - Throws: ``CommandFailure`` when an entry can't do what it says.
  func beat(_ queue: TaskQueue, onReady: @escaping @Sendable () -> Void) throws -> Beat {
    do {
      return try Beat(
        queue: queue, registry: registry, adding: listed, logger: logger("beat"),
        onReady: onReady)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// Makes loggers of the chosen form and level.
  func logger(_ label: String) -> Logger {
    Logger(label: label, factory: logHandler)
  }

  /// Makes handlers of the chosen form and level.
  var logHandler: @Sendable (String) -> any LogHandler {
    let format = settings.logFormat.value
    let level = settings.logLevel.value
    let output = surroundings.log
    return { LineLogHandler(label: $0, format: format, level: level, output: output) }
  }

  /// The queue of the application.
  ///
  /// - Parameter logger: Where a worker on it says what becomes of its loans.
  /// - Returns: The queue, which connects by itself.
  /// - Throws: `RedisError` when there is no thread to be had.
  func queue(
    logger: Logger = Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }
  ) throws -> TaskQueue {
    var queue = try TaskQueue.redis(
      settings.broker.value, results: settings.results.value, logger: logger)
    queue.defaultQueue = settings.defaultQueue.value
    queue.resultExpiry = settings.resultExpiry.value
    return queue
  }
}

/// An entry of beat, as listings show it.
struct ScheduledEntry {
  let name: String
  let schedule: Schedule
}

extension TaskRegistry {
  /// The queues that tasks ask for, in the order of the tasks' names.
  var queues: [QueueName] {
    var names: [QueueName] = []
    for case let name? in all.map(\.handle.options.queue) where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}
