public import CeleriacCore
import CeleriacSchedule
public import Logging
public import ServiceLifecycle

/// Sends the calls of periodic entries when they fall due.
///
/// Run it in a `ServiceGroup`, alone, beside a worker or beside a server:
///
///     let beat = try Beat(queue: queue, registry: try .discover(), logger: logger)
///     try await ServiceGroup(services: [beat], logger: logger).run()
///
/// Any number of beats may run on one broker: for each instant, one of them sends. Each is as good
/// as the others at any time, so when one dies the rest go on without a pause.
public struct Beat: Service {
  /// The entries, and when they fall due.
  public let timetable: Timetable

  let queue: TaskQueue
  private let logger: Logger
  private let onReady: @Sendable () -> Void

  /// Prepares a beat.
  ///
  /// - Parameters:
  ///   - queue: Where the calls are sent.
  ///   - registry: The tasks; those that are periodic become entries.
  ///   - listed: Further entries.
  ///   - logger: Where it writes.
  ///   - onReady: Called once, when the broker has told the state of the entries.
  /// - Throws: ``BeatEntryError`` when an entry could not do what it says.
  public init(
    queue: TaskQueue, registry: TaskRegistry, adding listed: [BeatEntry] = [], logger: Logger,
    onReady: @escaping @Sendable () -> Void = {}
  ) throws(BeatEntryError) {
    self.init(
      queue: queue, timetable: try Timetable(registry: registry, adding: listed), logger: logger,
      onReady: onReady)
  }

  /// Prepares a beat for entries that are checked already.
  ///
  /// - Parameters:
  ///   - queue: Where the calls are sent.
  ///   - timetable: The entries.
  ///   - logger: Where it writes.
  ///   - onReady: Called once, when the broker has told the state of the entries.
  public init(
    queue: TaskQueue, timetable: Timetable, logger: Logger,
    onReady: @escaping @Sendable () -> Void = {}
  ) {
    self.queue = queue
    self.timetable = timetable
    self.logger = logger
    self.onReady = onReady
  }

  /// Keeps time until it is told to stop, which it does at once.
  ///
  /// A broker that cannot be reached is waited for: what falls due meanwhile is fired or left out
  /// as the entry's policy for missed times says.
  ///
  /// - Throws: ``BrokerError`` when the broker refuses this beat at its start, for a wrong password
  ///   say, or has been closed.
  public func run() async throws {
    if timetable.entries.isEmpty { logger.warning("there are no periodic entries") }
    try await cancelWhenGracefulShutdown { try await keepTime() }
    logger.info("stopped")
  }

  private func keepTime() async throws {
    var machine = BeatMachine(timetable)
    var report = BeatReport(timetable, logger: logger)
    var isReady = timetable.entries.isEmpty
    if isReady { announce() }
    while !Task.isCancelled {
      switch machine.next(at: queue.clock.now()) {
      case .sleep(let wakeUp): await nap(until: wakeUp)
      case .perform(let requests):
        let replies = await perform(requests)
        guard !Task.isCancelled else { return }
        try check(replies, isReady: isReady)
        for reply in replies {
          let remark = reply.event.flatMap {
            machine.receive($0, for: reply.request.entry, at: reply.time)
          }
          report.add(reply, remark)
        }
        if !isReady, replies.contains(where: \.isAnswer) {
          isReady = true
          announce()
        }
      }
    }
  }

  private func announce() {
    onReady()
    logger.info("ready", metadata: ["entries": "\(timetable.entries.count)"])
  }

  // A broker that refuses every entry from the first would do so for ever; what it refuses later,
  // or for some entries only, may well pass.
  private func check(_ replies: [BeatReply], isReady: Bool) throws(BrokerError) {
    let errors = replies.compactMap(\.error)
    if let error = errors.first(where: { $0.code == .closed }) { throw error }
    if !isReady, let first = errors.first, errors.count == replies.count,
      errors.allSatisfy({ $0.code == .refused })
    {
      throw first
    }
  }

  // The clock may be set while nobody looks at it, so nobody sleeps for long. Either sleep ends
  // early only when this beat is told to stop, and then the loop ends.
  private func nap(until wakeUp: Timestamp) async {
    await withTaskGroup { group in
      group.addTask { try? await queue.clock.sleep(until: wakeUp) }
      group.addTask { try? await Task.sleep(for: Self.longestNap) }
      await group.next()
      group.cancelAll()
    }
  }

  func perform(_ requests: [BeatMachine.Request]) async -> [BeatReply] {
    await withTaskGroup { group in
      for request in requests {
        group.addTask {
          let outcome = await perform(request.step, for: timetable.lines[request.entry].entry)
          return BeatReply(request: request, outcome: outcome, time: queue.clock.now())
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func perform(
    _ step: BeatMachine.Step, for entry: BeatEntry
  ) async -> BeatReply.Outcome {
    do {
      switch step {
      case .read(let start):
        return .learned(try await queue.broker.beatState(of: entry.id, startingAt: start))
      case .fire(let due, _):
        let (id, message) = try entry.message(for: queue)
        let isFirst = try await queue.broker.fire(entry.id, due: due, message: message)
        return isFirst ? .fired(id, message.queue) : .firedBefore
      case .leaveOut: return .leftOut
      }
    } catch let error as BrokerError {
      return .failed(error)
    } catch {
      return .unsendable(error)
    }
  }

  private static let longestNap = Duration.seconds(60)
}
