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
        .bad($0, "no such setting; there are \(knownVariables.sorted().joined(separator: ", "))")
      }
  }

  private static let knownVariables: Set<String> = Set(
    Setting<RedisURL>.broker.variables + Setting<RedisURL?>.results.variables
      + Setting<QueueName>.defaultQueue.variables + Setting<[QueueName]>.queues.variables
      + Setting<NodeName>.hostname.variables + Setting<Int>.concurrency.variables
      + Setting<Int?>.prefetch.variables + Setting<Duration>.stopTimeout.variables
      + Setting<Duration>.lease.variables + Setting<Duration>.resultExpiry.variables
      + Setting<Int>.deliveries.variables + Setting<UnknownTaskPolicy>.unknownTasks.variables
      + Setting<LoanVisibility>.visibility.variables + Setting<Logger.Level>.logLevel.variables
      + Setting<LogFormat>.logFormat.variables)
}
