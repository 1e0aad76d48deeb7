/// A line: in at the end, out at the front, both in constant time.
struct Line<Element> {
  private var storage: [Element?] = []
  private var head = 0

  /// How many stand in it.
  var count: Int { storage.count - head }

  /// Whether nobody does.
  var isEmpty: Bool { head == storage.count }

  /// Adds elements at the end.
  mutating func append(contentsOf elements: some Sequence<Element>) {
    for element in elements { append(element) }
  }

  /// Adds an element at the end.
  mutating func append(_ element: Element) {
    if head > 64, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    storage.append(element)
  }

  /// Takes the first element out.
  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    defer {
      head += 1
      if isEmpty {
        storage.removeAll(keepingCapacity: true)
        head = 0
      }
    }
    return storage[head].take()
  }

  /// Takes the last elements out, and returns them in their order.
  mutating func popLast(_ count: Int) -> [Element] {
    let last = storage.suffix(min(count, self.count)).compactMap { $0 }
    storage.removeLast(last.count)
    return last
  }

  /// Takes everything out.
  mutating func popAll() -> [Element] { popLast(count) }

  /// Drops what fulfils a condition.
  mutating func removeAll(where isDropped: (Element) -> Bool) {
    let kept = popAll().filter { !isDropped($0) }
    append(contentsOf: kept)
  }
}
