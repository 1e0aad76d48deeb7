import CeleriacCore
import Logging
import Synchronization

/// Gathers settlements and sends them in batches: while one batch is under way, the next one grows.
///
/// No task waits for another's settlement, and a busy worker makes one round trip for many tasks.
final class Settler: Sendable {
  private struct State {
    var pending: [Settlement] = []
    var isFlushing = false
    var idle: [CheckedContinuation<Void, Never>] = []

    mutating func nextBatch() -> [Settlement] {
      var batch = pending
      pending = []
      guard batch.count > Settler.largestBatch else { return batch }
      pending = Array(batch[Settler.largestBatch...])
      batch.removeLast(pending.count)
      return batch
    }
  }

  // A broker does each batch in one step, in which it does nothing else.
  private static let largestBatch = 1000

  private let consumer: any Consumer
  private let logger: Logger
  private let state = Mutex(State())

  init(consumer: any Consumer, logger: Logger) {
    self.consumer = consumer
    self.logger = logger
  }

  /// Sends a settlement with the next batch.
  func settle(_ settlement: Settlement) { enter { $0.append(settlement) } }

  /// Hands deliveries back to be taken next, in their order.
  ///
  /// All in one step: who takes while only some of them are back would have the last in line first.
  func handBack(_ deliveries: [Delivery]) {
    // Each goes before the others, so the first in line has to be the last to go.
    guard !deliveries.isEmpty else { return }
    enter { $0.append(contentsOf: deliveries.reversed().map { Settlement($0.loan, .requeue) }) }
  }

  private func enter(_ append: (inout [Settlement]) -> Void) {
    let mustFlush = state.withLock { state in
      append(&state.pending)
      guard !state.isFlushing else { return false }
      state.isFlushing = true
      return true
    }
    if mustFlush { beginFlush() }
  }

  private func beginFlush() {
    Task(executorPreference: consumer.executor) { await self.flush() }
  }

  /// Waits until all settlements so far are sent.
  func drain() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        guard state.isFlushing else { return true }
        state.idle.append(continuation)
        return false
      }
      if isIdle { continuation.resume() }
    }
  }

  private func flush() async {
    while let batch = nextBatch() { await send(batch) }
  }

  private func nextBatch() -> [Settlement]? {
    let (batch, woken) = state.withLock { state in
      guard state.pending.isEmpty else {
        return (state.nextBatch() as [Settlement]?, [CheckedContinuation<Void, Never>]())
      }
      state.isFlushing = false
      defer { state.idle = [] }
      return (nil, state.idle)
    }
    for continuation in woken { continuation.resume() }
    return batch
  }

  private func send(_ batch: [Settlement]) async {
    guard let lost = await ask(batch)?.lost, !lost.isEmpty else { return }
    // What was to be handed back had no outcome.
    let missed = batch.count { settlement in
      if case .requeue = settlement.disposition { false } else { lost.contains(settlement.loan) }
    }
    guard missed > 0 else { return }
    logger.warning(
      "a task has ended after its lease: its outcome is not stored",
      metadata: ["count": "\(missed)"])
  }

  /// Settles; asks again until there is an answer, or until the leases have run out and others
  /// have taken over.
  ///
  /// Settling twice is harmless: the second time finds no loan, which is what the first time has
  /// left. What is refused is not asked again: the worker holds its message until it stops.
  ///
  /// - Returns: What was not done; nil when nothing was.
  func ask(_ batch: [Settlement]) async -> Unsettled? {
    var delay = Duration.milliseconds(50)
    var isRepeated = false
    while true {
      do {
        var unsettled = try await consumer.settle(batch)
        if let reason = unsettled.refused.values.first {
          sayRefused(unsettled.refused.count, reason)
        }
        if isRepeated { unsettled.lost = [] }
        return unsettled
      } catch  where error.code == .closed {
        return nil
      } catch  where error.code == .refused {
        sayRefused(batch.count, error.detail)
        return nil
      } catch {
        isRepeated = true
        logger.debug("settling will be repeated", metadata: ["reason": "\(error.detail)"])
        try? await Task.sleep(for: delay)
        delay = min(delay * 2, .seconds(1))
      }
    }
  }

  private func sayRefused(_ count: Int, _ reason: String) {
    logger.error(
      "outcomes are refused; their tasks will run again when this worker stops",
      metadata: ["count": "\(count)", "reason": "\(reason)"])
  }
}
