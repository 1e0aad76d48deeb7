/// A queue: in at the end, out at the front, both in constant time.
struct FIFO<Element> {
  private var storage: ContiguousArray<Element?> = []
  private var head = 0

  /// How many elements wait.
  var count: Int { storage.count - head }

  /// Whether none waits.
  var isEmpty: Bool { head == storage.count }

  /// The element that is next.
  var first: Element? { isEmpty ? nil : storage[head] }

  /// Adds an element at the end.
  mutating func append(_ element: Element) {
    storage.append(element)
  }

  /// Takes the first element out.
  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = storage[head].take()
    head += 1
    if head == storage.count {
      storage.removeAll(keepingCapacity: storage.count <= 1024)
      head = 0
    } else if head >= 1024, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Takes everything out.
  mutating func removeAll() -> [Element] {
    let elements = storage[head...].compactMap { $0 }
    storage.removeAll()
    head = 0
    return elements
  }

  /// Puts elements before all others, in their order.
  mutating func prepend(_ elements: [Element]) {
    let rest = removeAll()
    for element in elements { append(element) }
    for element in rest { append(element) }
  }

  /// Keeps only what satisfies a condition.
  mutating func filter(_ isKept: (Element) -> Bool) {
    for element in removeAll() where isKept(element) { append(element) }
  }

  /// Visits the elements in order.
  func forEach(_ body: (Element) -> Void) {
    for case .some(let element) in storage[head...] { body(element) }
  }
}
