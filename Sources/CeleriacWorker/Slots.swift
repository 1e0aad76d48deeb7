import CeleriacCore
import Glibc

/// The places in which tasks run, as many at once as the dispatcher lets start.
///
/// Each is a Swift task that goes on with the next delivery as long as one waits. It is not a child of
/// the worker's: a body that hears no cancellation must not hold up a hard stop.
struct Slots: Sendable {
  private let dispatcher: Dispatcher
  private let runner: TaskRunner
  private let pool: TaskPool
  private let onBusy: @Sendable (Int) -> Void

  init(
    _ dispatcher: Dispatcher, _ runner: TaskRunner, _ pool: TaskPool,
    _ onBusy: @escaping @Sendable (Int) -> Void
  ) {
    self.dispatcher = dispatcher
    self.runner = runner
    self.pool = pool
    self.onBusy = onBusy
  }

  /// Runs as many deliveries as may run at once; the others wait for their turn.
  func start(_ deliveries: [Delivery]) {
    let wasIdle = dispatcher.running == 0
    for delivery in dispatcher.accept(deliveries) { start(delivery) }
    // The thread that was woken may have to wait for this one's core, and what comes next here is for
    // messages that nobody has sent yet. Beside running tasks nothing is given away, nor with more
    // messages in hand, of which the others would have to wait.
    if wasIdle, deliveries.count == 1 { sched_yield() }
  }

  /// Runs a delivery, and then what waits.
  private func start(_ delivery: Delivery) {
    let slot = Slot()
    runner.running.begin(delivery.loan, delivery.bytes, in: slot)
    let task = Task(executorPreference: pool) {
      await withTaskQueue(runner.queue) { await run(delivery, in: slot) }
    }
    slot.attach(task)
  }

  private func run(_ first: Delivery, in slot: Slot) async {
    var delivery = first
    while true {
      await runner.run(delivery)
      let isCancelled = runner.running.end(delivery.loan) != nil
      guard let next = dispatcher.finish() else { return onBusy(dispatcher.running) }
      if isCancelled { return start(next) }
      runner.running.begin(next.loan, next.bytes, in: slot)
      delivery = next
      // The other tasks have their turn, however short these are.
      if pool.isCrowded { await Task.yield() }
    }
  }

  /// Sees to it that no idle worker waits for messages that are held here: what a worker has taken
  /// because its tasks were short goes back when they become long.
  func watchSurplus() {
    guard dispatcher.beginWatch(at: .now) else { return }
    Task {
      while true {
        try? await Task.sleep(for: .milliseconds(100))
        guard let surplus = dispatcher.surplus(at: .now) else { return }
        runner.settler.handBack(surplus)
      }
    }
  }
}
