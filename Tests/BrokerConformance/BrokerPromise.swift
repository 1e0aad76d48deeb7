/// One thing that every broker has to do, as a check.
///
///     @Test(arguments: BrokerPromise.all)
///     func `the broker keeps its promises`(_ promise: BrokerPromise) async throws {
///       try await promise.check(on: BrokerUnderTest(broker: …, results: …, clock: …) { … })
///     }
public struct BrokerPromise: Sendable, CustomStringConvertible {
  /// The promise, as a sentence.
  public let description: String

  private let body: @Sendable (BrokerUnderTest) async throws -> Void

  init(
    _ sentence: String, _ body: @escaping @Sendable (BrokerUnderTest) async throws -> Void
  ) {
    description = sentence
    self.body = body
  }

  /// Every promise, each to be checked on a broker of its own that is still empty.
  public static let all = order + taking + settling + results + firing + revoking

  /// Checks the promise.
  ///
  /// - Throws: ``BrokenPromise`` that says what was expected, or an error of the broker.
  public func check(on subject: BrokerUnderTest) async throws {
    try await body(subject)
  }
}

/// What a broker was expected to do and has not done.
public struct BrokenPromise: Error, CustomStringConvertible {
  /// The expectation, what was found instead, and where the check stands.
  public let description: String
}

func require(
  _ condition: Bool, _ expectation: @autoclosure () -> String, file: String = #fileID,
  line: Int = #line
) throws(BrokenPromise) {
  guard !condition else { return }
  throw BrokenPromise(description: "\(expectation()) (\(file):\(line))")
}

func expect<Value: Equatable>(
  _ found: Value, is expected: Value, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) {
  try require(
    found == expected, "expected \(expected), found \(found)", file: file, line: line)
}
