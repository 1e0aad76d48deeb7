import CeleriacCore
import Logging
import Synchronization

/// Loans that Celery's workers can see and restore.
extension RedisConsumer {
  var isVisible: Bool { options.visibility != .own }

  /// Tells Celery's workers again and again that this one's loans run on.
  func startShowing() {
    guard case .celery(let timeout) = options.visibility else { return }
    // They look at most so late that two of three may fail.
    let timer = thread.repeat(every: max(min(timeout / 3, .seconds(60)), .milliseconds(100))) {
      [weak self] _ in self?.showOn()
    }
    state.withLock { $0.shower = timer }
  }

  private func showOn() {
    let (worker, loans) = state.withLock { ($0.book.worker, $0.book.open) }
    for start in stride(from: 0, to: loans.count, by: Self.largestBatch) {
      let part = Array(loans[start..<min(start + Self.largestBatch, loans.count)])
      var call = RedisBatch()
      call.append(
        .showOn, keys: [Keys.loans(worker)], worker, RedisScript.tombstone(of: worker),
        Each(part.flatMap { [$0.batch, $0.index] }))
      // One that fails is made up for by the next.
      commands.submit(call, within: .limit(options.lease / 2)) { [weak self] outcome in
        guard case .success(let replies) = outcome, let places = replies.first?.array else {
          return
        }
        self?.restored(places.compactMap(\.integer).map { part[$0] }, from: worker)
      }
    }
  }

  // Their tasks run on elsewhere, or will.
  private func restored(_ loans: [Loan], from worker: String) {
    let lost = state.withLock { state in
      guard state.book.worker == worker else { return [] as [Loan] }
      let lost = loans.filter(state.book.holds)
      for loan in lost { state.book.confirm(loan) }
      return lost
    }
    guard !lost.isEmpty else { return }
    logger.warning(
      "Celery's workers have restored messages that are on loan here: their tasks are cancelled",
      metadata: ["count": "\(lost.count)"])
    options.onLost(lost)
    endSeclusion(of: lost.map { Settlement($0, .acknowledge) })
  }

  /// Shows a message that a wait has brought; only then it is the taker's.
  func adopt(_ message: [UInt8], in batch: Int, of worker: String, at index: Int) {
    var call = RedisBatch()
    call.append(.adopt, keys: [Keys.loans(worker)], worker, batch)
    commands.submit(call) { [weak self] outcome in
      guard let self else { return }
      let isThere =
        if case .success(let replies) = outcome { replies.first } else { nil as RedisReply? }
      let isAwaited = state.withLock { state -> Bool? in
        guard state.book.worker == worker else { return nil }
        defer { state.book.answered(batch..<batch + 1) }
        guard isThere?.integer == 1 else {
          // On loan all the same: the next tick puts it back.
          state.book.suspect(batch, for: .seconds(10))
          return nil
        }
        return state.arrive(message, in: batch, from: state.lanes[index].queue)
      }
      if isAwaited == false { returnUnclaimed(after: .milliseconds(20)) }
      wake()
    }
  }
}
