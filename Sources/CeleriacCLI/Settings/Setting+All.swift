import CeleriacCore
import CeleriacRedis
import CeleriacWorker
import Logging

extension Setting where Value == RedisURL {
  static let broker = Setting(
    "broker", flag: "--broker",
    variables: ["CELERIAC_BROKER_URL", "CELERY_BROKER_URL", "BROKER_URL"],
    expected: "a URL such as redis://:password@localhost:6379/0 or unix:///run/redis.sock?db=0",
    isSecret: true, read: { text throws(Unreadable) in try RedisURL(setting: text) },
    show: \.description)
}

extension RedisURL {
  /// Reads what a setting says; what is wrong with it is the reader's own sentence.
  init(setting text: String) throws(Unreadable) {
    do throws(RedisError) {
      try self.init(text)
    } catch {
      throw Unreadable(reason: error.detail)
    }
  }
}

extension Setting where Value == RedisURL? {
  /// Nil: with the messages.
  static let results = Setting(
    "results", flag: "--result-backend",
    variables: ["CELERIAC_RESULT_BACKEND", "CELERY_RESULT_BACKEND"],
    expected: "'broker' for the broker's own Redis, or a URL such as redis://localhost:6379/1",
    isSecret: true,
    read: { text throws(Unreadable) in
      // Celery's short form for a Redis on this machine is the broker's in practice.
      if text == "broker" || text == "redis" { return .some(nil) }
      return .some(try RedisURL(setting: text))
    },
    show: { $0?.description ?? "with the messages" })
}

extension Setting where Value == QueueName {
  static let defaultQueue = Setting(
    "default queue", flag: nil, variables: ["CELERIAC_DEFAULT_QUEUE"],
    expected: "the name of a queue",
    read: { text throws(Unreadable) in
      let name = QueueName(text)
      if let objection = name.objection { throw Unreadable(reason: objection) }
      return name
    }, show: \.rawValue)
}

extension Setting where Value == [QueueName] {
  static let queues = Setting(
    "queues", flag: "--queues", variables: ["CELERIAC_QUEUES"],
    expected: "names with commas between them, such as celery,mail",
    read: { text throws(Unreadable) in
      guard let names = QueueName.list(text) else { return nil }
      for name in names {
        if let objection = name.objection { throw Unreadable(reason: objection) }
      }
      return names
    }, show: { $0.map(\.rawValue).joined(separator: ", ") })
}

extension QueueName {
  /// The names that a command line gives.
  static func checked(_ texts: [String]) throws(CommandFailure) -> [QueueName] {
    try texts.map { text throws(CommandFailure) in
      let name = QueueName(text)
      if let objection = name.objection {
        throw CommandFailure(.usage, "queue '\(text)': \(objection)")
      }
      return name
    }
  }

  /// Reads `celery,mail`; nil when a name is empty.
  static func list(_ text: String) -> [QueueName]? {
    var names: [QueueName] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.split(separator: " ")
      guard name.count == 1, let name = name.first else { return nil }
      if !names.contains(QueueName(String(name))) { names.append(QueueName(String(name))) }
    }
    return names
  }
}

extension Setting where Value == Int {
  static let concurrency = Setting(
    "concurrency", flag: "--concurrency", variables: ["CELERIAC_CONCURRENCY"],
    expected: "a whole number from 1 to 100000",
    read: { Int($0).flatMap { 1...100_000 ~= $0 ? $0 : nil } }, show: \.description)

  static let deliveries = Setting(
    "deliveries", flag: "--deliveries", variables: ["CELERIAC_DELIVERIES"],
    expected: "a whole number from 2 to 9",
    read: { Int($0).flatMap { 2...9 ~= $0 ? $0 : nil } }, show: \.description)
}

extension Setting where Value == Int? {
  /// Nil: as many as the tasks are short.
  static let prefetch = Setting(
    "prefetch", flag: "--prefetch", variables: ["CELERIAC_PREFETCH"],
    expected: "a whole number from 0 to 1000000",
    read: { Int($0).flatMap { 0...1_000_000 ~= $0 ? .some($0) : nil } },
    show: { $0?.description ?? "50 ms of work" })
}

extension Setting where Value == Duration {
  static let stopTimeout = Setting(
    "stop timeout", flag: "--stop-timeout", variables: ["CELERIAC_STOP_TIMEOUT"],
    expected: DurationText.expected, read: { DurationText.read($0) },
    show: { DurationText.show($0) })

  static let lease = Setting(
    "lease", flag: "--lease", variables: ["CELERIAC_LEASE"],
    expected: "three seconds or more, such as 10s",
    read: { DurationText.read($0).flatMap { $0 >= .seconds(3) ? $0 : nil } },
    show: { DurationText.show($0) })

  static let resultExpiry = Setting(
    "result expiry", flag: nil, variables: ["CELERIAC_RESULT_EXPIRES"],
    expected: "a second or more, such as 1d",
    read: { DurationText.read($0).flatMap { $0 >= .seconds(1) ? $0 : nil } },
    show: { DurationText.show($0) })
}

extension Setting where Value == UnknownTaskPolicy {
  static let unknownTasks = Setting(
    "unknown tasks", flag: "--unknown-tasks", variables: ["CELERIAC_UNKNOWN_TASKS"],
    expected: "'bury' or 'requeue'",
    read: { ["bury": .bury, "requeue": .requeue][$0] },
    show: { $0 == .bury ? "bury" : "requeue" })
}

extension Setting where Value == LoanVisibility {
  static let visibility = Setting(
    "visibility", flag: "--visibility", variables: ["CELERIAC_VISIBILITY"],
    expected: "'own', 'celery', or 'celery:30m' where Celery's visibility_timeout is not an hour",
    read: { LoanVisibility(setting: $0) },
    show: { visibility in
      switch visibility {
      case .own: "own"
      case .celery(let timeout): "celery:\(DurationText.show(timeout))"
      }
    })
}

extension LoanVisibility {
  /// Reads `own`, `celery` or `celery:30m`.
  init?(setting text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("own", 1): self = .own
    case ("celery", 1): self = .celery
    case ("celery", 2):
      guard let timeout = DurationText.read(String(parts[1])), timeout >= .seconds(1) else {
        return nil
      }
      self = .celery(timeout: timeout)
    default: return nil
    }
  }
}

extension Setting where Value == Logger.Level {
  static let logLevel = Setting(
    "log level", flag: "--loglevel", variables: ["CELERIAC_LOG_LEVEL"],
    expected: "trace, debug, info, notice, warning, error or critical",
    read: { Logger.Level(celery: $0) }, show: \.rawValue)
}

extension Logger.Level {
  /// Reads a level, in Celery's words as well.
  init?(celery text: String) {
    switch text.lowercased() {
    case "warn": self = .warning
    case "fatal": self = .critical
    case let word: self.init(rawValue: word)
    }
  }
}

extension Setting where Value == LogFormat {
  static let logFormat = Setting(
    "log format", flag: "--log-format", variables: ["CELERIAC_LOG_FORMAT"],
    expected: "'text' or 'json'", read: { LogFormat(rawValue: $0) }, show: \.rawValue)
}

extension Setting where Value == NodeName {
  static let hostname = Setting(
    "hostname", flag: "--hostname", variables: ["CELERIAC_HOSTNAME"],
    expected: "a name without blanks, such as worker1@%h",
    read: { text in
      let isPlain = text.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && !$0.properties.isWhitespace
      }
      return text.isEmpty || !isPlain ? nil : NodeName(pattern: text)
    }, show: \.description)
}
