import CeleriacBeat
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule
import CeleriacWorker
import Logging

/// What `doctor` looks at.
enum Examination {
  /// The program itself: nothing here needs a server.
  static func application(_ session: Session) -> [Finding] {
    var findings: [Finding] = []
    let tasks = session.registry.all
    findings.append(
      tasks.isEmpty
        ? .bad("tasks", "none; mark a function with @Task, or list definitions in 'tasks'")
        : .good("tasks", "\(tasks.count): \(tasks.map(\.name).joined(separator: ", "))"))
    findings += schedule(session)
    findings.append(hiredis)
    findings += strayVariables(session.surroundings.environment)
    return findings
  }

  private static func schedule(_ session: Session) -> [Finding] {
    do {
      _ = try Timetable(registry: session.registry, adding: session.listed)
    } catch {
      return [.bad("schedule", "\(error)")]
    }
    let firings = FiringText(now: SystemWallClock().now())
    return session.entries.map { entry in
      .good(
        "schedule",
        "\(entry.name), \(entry.schedule); next \(firings.next(entry.schedule, anchor: nil))")
    }
  }

  private static var hiredis: Finding {
    let loaded = HiredisVersion.file.map { ", loaded from \($0)" } ?? ", part of this program"
    return .good("hiredis", "\(HiredisVersion.built)\(loaded)")
  }

  // A variable that is spelled wrong does nothing, and says nothing.
  private static func strayVariables(_ environment: [String: String]) -> [Finding] {
    environment.keys.filter { $0.hasPrefix("CELERIAC_") && !knownVariables.contains($0) }.sorted()
      .map {
        .bad($0, "no such setting; 'list --settings' shows the names of those there are")
      }
  }

  private static let knownVariables: Set<String> = Set(
    Setting<RedisURL>.broker.variables + Setting<RedisURL?>.results.variables
      + Setting<QueueName>.defaultQueue.variables + Setting<[QueueName]>.queues.variables
      + Setting<NodeName>.hostname.variables + Setting<Int>.concurrency.variables
      + Setting<Int>.prefetch.variables + Setting<Duration>.stopTimeout.variables
      + Setting<Duration>.lease.variables + Setting<Duration>.resultExpiry.variables
      + Setting<Int>.deliveries.variables + Setting<UnknownTaskPolicy>.unknownTasks.variables
      + Setting<Logger.Level>.logLevel.variables + Setting<LogFormat>.logFormat.variables)

  /// The broker's server, and the results' where it is another.
  static func server(_ session: Session) async -> (findings: [Finding], isReached: Bool) {
    let broker = session.settings.broker.value
    let first = await server("broker", broker, session)
    guard let results = session.settings.results.value, !results.isSameDatabase(as: broker) else {
      return first
    }
    let second = await server("results", results, session)
    return (first.findings + second.findings, first.isReached && second.isReached)
  }

  private static func server(
    _ subject: String, _ url: RedisURL, _ session: Session
  ) async -> (findings: [Finding], isReached: Bool) {
    do {
      let connection = try await RedisDoor(url: url, program: session.name).open()
      let start = ContinuousClock.now
      let ping = try await connection.send(RedisCommand("PING")).text ?? ""
      let time = Int((ContinuousClock.now - start) / .microseconds(1))
      let info = ServerInspection(
        ping: ping, info: try await connection.send(RedisCommand("INFO")).text ?? "")
      return (
        [.good(subject, "\(ping) from \(url) in \(time) µs")] + ServerHealth.of(info, subject), true
      )
    } catch let failure as CommandFailure {
      return ([.bad(subject, failure.message)], false)
    } catch {
      return ([.bad(subject, "\(error)")], false)
    }
  }
}

/// What a Redis says of itself, judged.
enum ServerHealth {
  static func of(_ info: ServerInspection, _ subject: String) -> [Finding] {
    [version(info, subject), memory(info, subject), persistence(info, subject)]
  }

  private static func version(_ info: ServerInspection, _ subject: String) -> Finding {
    let version = info["redis_version"] ?? "unknown"
    let parts = version.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, (parts[0], parts[1]) >= (6, 2) else {
      return .bad(
        "\(subject), version", "\(version); 6.2 or later is needed (BLMOVE, ZRANGE BYSCORE)")
    }
    return .good("\(subject), version", version)
  }

  private static func memory(_ info: ServerInspection, _ subject: String) -> Finding {
    let policy = info["maxmemory_policy"] ?? "unknown"
    if policy == "noeviction" {
      return .good("\(subject), maxmemory-policy", "noeviction: nothing is thrown away")
    }
    if info.keepsAllKeys {
      return .doubtful(
        "\(subject), maxmemory-policy",
        "\(policy), harmless while maxmemory is 0; better: CONFIG SET maxmemory-policy noeviction")
    }
    return .bad(
      "\(subject), maxmemory-policy",
      "\(policy) throws messages away when memory is full: CONFIG SET maxmemory-policy noeviction")
  }

  private static func persistence(_ info: ServerInspection, _ subject: String) -> Finding {
    if info["aof_enabled"] == "1" {
      return info["aof_last_write_status"] == "err"
        ? .bad("\(subject), persistence", "the append-only file can't be written: look at the disk")
        : .good("\(subject), persistence", "append-only file")
    }
    if info["rdb_last_bgsave_status"] == "err" {
      return .bad(
        "\(subject), persistence", "the last snapshot has failed: look at the disk and at the log")
    }
    return .doubtful(
      "\(subject), persistence",
      "snapshots at most: what came after the last one is lost in a crash of Redis; better: "
        + "CONFIG SET appendonly yes")
  }
}
