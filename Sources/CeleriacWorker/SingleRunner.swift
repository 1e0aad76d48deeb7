package import CeleriacCore
package import Logging
import Synchronization

/// Runs deliveries one by one, each to its settlement: a worker that is told what to run and when.
///
/// What becomes of a delivery is decided by the code that a ``Worker`` runs; only the taking is left
/// to the caller. A retry waits for its full delay, so that its time can be foretold.
package struct SingleRunner: Sendable {
  private let runner: TaskRunner

  /// Prepares to run what `consumer` takes.
  package init(
    queue: TaskQueue, registry: TaskRegistry, consumer: any Consumer, logger: Logger
  ) {
    let running = RunningTasks()
    runner = TaskRunner(
      registry: registry, queue: queue, unknownTasks: .bury,
      deliveries: WorkerConfiguration.defaultDeliveries, running: running,
      settler: Settler(consumer: consumer, logger: logger), consumer: consumer, logger: logger,
      revocations: queue.broker.revocations { running.cancel($0) }, random: { 0 })
  }

  /// Runs a delivery and returns what has come of it, once that is settled.
  ///
  /// Cancellation is that of a worker which stops: the task is cancelled and handed back.
  package func run(_ delivery: Delivery) async -> Outcome? {
    let running = runner.running
    let loan = delivery.loan
    let outcome = Mutex<Outcome?>(nil)
    let slot = Slot()
    running.begin(loan, delivery.bytes, in: slot)
    let run = Task {
      let ended = await withTaskQueue(runner.queue) { await runner.run(delivery) }
      outcome.withLock { $0 = ended }
    }
    slot.attach(run)
    await withTaskCancellationHandler {
      await run.value
    } onCancel: {
      running.cancel(loan, because: .shutdown)
    }
    running.end(loan)
    await runner.settler.drain()
    return outcome.withLock { $0 }
  }
}
