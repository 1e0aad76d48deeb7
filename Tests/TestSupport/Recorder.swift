internal import Synchronization

/// Counts from any thread.
public final class Counter: Sendable {
  private let count = Atomic(0)

  /// A counter at zero.
  public init() {}

  /// How often `add` was called.
  public var value: Int { count.load(ordering: .acquiring) }

  /// Counts one more.
  public func add() { count.add(1, ordering: .acquiringAndReleasing) }
}

/// Keeps what it is given, from any thread, and lets a test wait for it.
public final class Recorder<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  /// An empty recorder.
  public init() {}

  /// What was given so far.
  public var all: [Element] { elements.withLock { $0 } }

  /// Keeps an element.
  public func add(_ element: Element) { elements.withLock { $0.append(element) } }

  /// Returns once a condition on all elements holds; false when it did not within the time.
  public func waits(
    _ limit: Duration = .seconds(10), until isMet: ([Element]) -> Bool
  ) async throws -> Bool {
    try await eventually(limit) { isMet(all) }
  }
}

/// Returns once a condition holds; false when it did not within the time.
public func eventually(
  _ limit: Duration = .seconds(10), every pause: Duration = .milliseconds(2),
  _ isMet: () async throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try await isMet() { return true }
    try await Task.sleep(for: pause)
  }
  return try await isMet()
}
