import CeleriacCore

/// A script call that takes batches from several lists.
struct TakeRequest {
  /// What the lists are.
  enum Source {
    /// Lanes, in this order, and the batches with which some are to be waited at.
    case lists([Int], waiting: [Int: Int])
    /// Suspects of former crashes.
    case suspects([SuspectList], count: Int)
  }

  let batch: RedisBatch
  /// All batches that the call may have filled or registered.
  let batches: Range<Int>
  let source: Source

  /// Asks for messages from the lanes' lists.
  init(_ count: Int, _ state: inout RedisConsumer.State) {
    let lanes = state.lanes
    // Each step's queues take turns, so that a full one does not starve its neighbours.
    let perStep = lanes.count / PriorityStep.all.count
    let turn = state.rotation % max(perStep, 1)
    state.rotation += 1
    let order = lanes.indices.map { index in
      index / perStep * perStep + (index % perStep + turn) % perStep
    }
    let first = state.book.reserve(lanes.count)
    var waiting: [Int: Int] = [:]
    for index in order where lanes[index].state == .idle {
      waiting[index] = state.book.reserve(1)
    }
    let worker = state.book.worker
    var call = RedisBatch()
    call.append(
      .take, keys: [Keys.loans(worker)] + order.map { lanes[$0].list }, worker, count, first,
      Each(order.map { waiting[$0] ?? 0 }))
    batch = call
    batches = first..<first + lanes.count + waiting.count
    source = .lists(order, waiting: waiting)
  }

  /// Asks for suspects that can start at once.
  init(suspects count: Int, _ state: inout RedisConsumer.State) {
    let (lists, apart) = state.suspects.lists
    let count = min(count, RedisConsumer.largestBatch)
    let first = state.book.reserve(lists.count)
    let worker = state.book.worker
    var call = RedisBatch()
    call.append(
      .takeSuspects, keys: [Keys.loans(worker)] + lists.map(\.key), worker, count, first, apart)
    batch = call
    batches = first..<first + lists.count
    source = .suspects(lists, count: count)
  }

  /// Enters what the call has brought.
  func read(_ reply: RedisReply, _ state: inout RedisConsumer.State) -> [Delivery] {
    let taken = reply.array ?? []
    switch source {
    case .lists(let order, let waiting):
      if taken.isEmpty {
        for (index, batch) in waiting where state.lanes[index].state == .idle {
          state.lanes[index].state = .registered(batch: batch)
        }
      }
      let lanes = state.lanes
      return enter(taken, into: &state.book) { (lanes[order[$0]].queue, 0) }
    case .suspects(let lists, let count):
      let deliveries = enter(taken, into: &state.book) { (lists[$0].queue, lists[$0].crashes) }
      state.suspects.note(deliveries, of: lists, upTo: count, at: .now)
      return deliveries
    }
  }

  private func enter(
    _ taken: [RedisReply], into book: inout LoanBook,
    origin: (Int) -> (queue: QueueName, crashes: Int)
  ) -> [Delivery] {
    taken.flatMap { list -> [Delivery] in
      guard let elements = list.array, let place = elements.first?.integer else { return [] }
      let (queue, crashes) = origin(place)
      return book.enter(
        batches.lowerBound + place, messages: elements.dropFirst().compactMap(\.bytes),
        queue: queue, crashes: crashes)
    }
  }
}
