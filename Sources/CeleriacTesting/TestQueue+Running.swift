import CeleriacCore
import CeleriacSchedule
import CeleriacWorker
import Synchronization

extension TestQueue {
  /// Runs every call whose time has come, and those that they send, until none is left.
  ///
  /// One after the other, as they were sent; of several queues, first all of the one that was sent
  /// to first. A worker's rules hold: priorities, countdowns and expiry by the ``clock``, retries,
  /// time limits, results. A task that waits for the result of another therefore waits in vain, and
  /// a retry always takes its full delay, without jitter. A task that sleeps, or is stopped at its
  /// time limit, takes real time.
  ///
  /// - Parameter limit: How many calls may run; more are taken for a loop without end.
  /// - Returns: What happened, in order. A call that waits for its time is not in it.
  /// - Throws: ``TestQueueError`` when a call is for a task that is not known here, or calls never
  ///   end; what tasks throw is in the returned runs and in their results.
  @discardableResult
  public func runAll(atMost limit: Int = 10_000) async throws -> [TaskRun] {
    try begin()
    defer { isRunning.withLock { $0 = false } }
    var runs: [TaskRun] = []
    var taken = 0
    while broker.hasDueMessage {
      taken += 1
      guard taken <= limit else {
        throw TestQueueError(
          .endless,
          detail: "\(limit) calls have run at \(clock.now()), the last of "
            + "'\(runs.last?.task ?? "?")'; send the next one later, with after(_:)")
      }
      if let run = try await runNext() { runs.append(run) }
    }
    return runs
  }

  private func begin() throws {
    let isFirst = isRunning.withLock { isRunning in
      defer { isRunning = true }
      return !isRunning
    }
    guard isFirst else {
      throw TestQueueError(
        .alreadyRunning, detail: "a task only sends calls; they run after it, in this runAll()")
    }
  }

  // Each time a worker of its own, for a task may have sent to a queue that was not there before.
  private func runNext() async throws -> TaskRun? {
    let options = ConsumerOptions(
      worker: "test", queues: broker.queues, results: taskQueue.results)
    let consumer = try await broker.consumer(options)
    do {
      let run = try await runNext(of: consumer)
      await consumer.close()
      return run
    } catch {
      // What was taken goes back, as if nobody had looked at it.
      await consumer.close()
      throw error
    }
  }

  private func runNext(of consumer: any Consumer) async throws -> TaskRun? {
    guard let delivery = try await consumer.take(upTo: 1).first else { return nil }
    let (task, id, attempt) = try identify(delivery)
    let runner = SingleRunner(
      queue: taskQueue, registry: registry, consumer: consumer, logger: logger)
    let outcome = await runner.run(delivery)
    try Task.checkCancellation()
    return outcome.flatMap { TaskRun.Outcome($0) }.map {
      TaskRun(task: task, id: id, attempt: attempt, outcome: $0)
    }
  }

  private func identify(
    _ delivery: Delivery
  ) throws -> (task: String, id: TaskID, attempt: Int) {
    let call: TaskCall
    do throws(MessageError) {
      call = try TaskCall(message: delivery.bytes)
    } catch {
      // The worker buries it, and says why.
      return (error.task ?? "?", error.id ?? "?", 1)
    }
    guard registry[call.task] == nil else { return (call.task, call.id, call.attempt) }
    let known = registry.all.map { "'\($0.name)'" }.joined(separator: ", ")
    guard !known.isEmpty else {
      throw TestQueueError(
        .noTasks,
        detail: "a call of '\(call.task)' waits, and no task is linked into this test; "
          + "list it: withTestQueue(tasks: […])")
    }
    throw TestQueueError(
      .unknownTask,
      detail: "a call of '\(call.task)' waits, and only these tasks are known: \(known); "
        + "list it, or a stand-in of its name: withTestQueue(tasks: […])")
  }
}
