/// What falls due when: a binary heap of instants, with cancellation.
///
/// A cancelled entry stays in the heap until it comes up, or until such entries outnumber the
/// others; then the heap is built anew.
struct TimerQueue<Payload> {
  /// Names one entry.
  struct ID: Hashable {
    fileprivate let number: UInt64
  }

  private struct Entry {
    let due: ContinuousClock.Instant
    let number: UInt64

    /// Entries due at the same instant keep the order in which they came.
    static func < (one: Entry, other: Entry) -> Bool {
      (one.due, one.number) < (other.due, other.number)
    }
  }

  private var heap: [Entry] = []
  private var payloads: [UInt64: Payload] = [:]
  private var lastNumber: UInt64 = 0

  /// How many entries wait.
  var count: Int { payloads.count }

  /// How long the heap is, cancelled entries included.
  var heapCount: Int { heap.count }

  /// Adds an entry.
  mutating func insert(_ payload: Payload, due: ContinuousClock.Instant) -> ID {
    lastNumber += 1
    payloads[lastNumber] = payload
    heap.append(Entry(due: due, number: lastNumber))
    siftUp(from: heap.count - 1)
    return ID(number: lastNumber)
  }

  /// Removes an entry, if it is still there.
  mutating func remove(_ id: ID) {
    guard payloads.removeValue(forKey: id.number) != nil else { return }
    if heap.count > 64, heap.count > payloads.count * 2 { dropCancelled() }
  }

  /// When the next entry falls due.
  mutating func nextDue() -> ContinuousClock.Instant? {
    while let first = heap.first {
      if payloads[first.number] != nil { return first.due }
      removeFirst()
    }
    return nil
  }

  /// Takes out the next entry that is due at `now`.
  mutating func popDue(at now: ContinuousClock.Instant) -> Payload? {
    while let first = heap.first, first.due <= now {
      removeFirst()
      if let payload = payloads.removeValue(forKey: first.number) { return payload }
    }
    return nil
  }

  private mutating func dropCancelled() {
    heap = heap.filter { payloads[$0.number] != nil }.sorted(by: <)
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown()
  }

  private mutating func siftUp(from start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child] < heap[smallest] { smallest = child }
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
