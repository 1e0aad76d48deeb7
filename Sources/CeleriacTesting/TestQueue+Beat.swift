public import CeleriacBeat
import CeleriacCore

extension TestQueue {
  /// The names of the periodic tasks, and of other entries, that ``fireDue()`` would fire now.
  ///
  ///     #expect(try await queue.dueEntries() == [mailPendingTasks.name])
  ///
  /// Asking changes nothing.
  ///
  /// - Throws: ``TestQueueError`` when there is nothing periodic; `BeatEntryError` for an entry that
  ///   a beat would refuse.
  public func dueEntries() async throws -> [String] {
    try await beat().due(since: start).map(\.entry)
  }

  /// Sends the calls of the periodic tasks that have fallen due, as beat does; ``runAll()`` runs them.
  ///
  /// A beat looks at its clock all the time, this one only now: of the times that the test has
  /// skipped since the last firing, an entry fires for those that its policy for missed times says,
  /// which is the last one of them unless set otherwise. To see each, move the clock in steps.
  ///
  /// - Returns: Which entries were fired for which times, the earliest first.
  /// - Throws: ``TestQueueError`` when there is nothing periodic; `BeatEntryError` for an entry that
  ///   a beat would refuse.
  @discardableResult
  public func fireDue() async throws -> [Firing] {
    try await beat().fireDue(since: start)
  }

  private func beat() throws -> Beat {
    let timetable = try Timetable(registry: registry, adding: entries)
    guard !timetable.entries.isEmpty else {
      let tasks = registry.all.count
      throw TestQueueError(
        .noEntries,
        detail: tasks == 0
          ? "no task is linked into this test; list some: withTestQueue(tasks: […])"
          : "none of the \(tasks) tasks known here is periodic")
    }
    return Beat(queue: taskQueue, timetable: timetable, logger: logger)
  }
}
