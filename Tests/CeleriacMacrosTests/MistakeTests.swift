import Testing

/// The sentences that users read; `‸` marks where in their source each one points.
@Suite(.timeLimit(.minutes(1)))
struct MistakeTests {
  @Test(arguments: [
    (
      "@Task func show‸<Item>(_ item: Item) {}",
      "a generic function can't be a task: a message does not say what 'Item' stands for"
    ),
    (
      "@Task func show‸<Key: Hashable, Value>(_ items: [Key: Value]) {}",
      "a generic function can't be a task: a message does not say what 'Key' and 'Value' stands for"
    ),
    ("@Task static func ‸+(x: Int, y: Int) -> Int { 0 }", "an operator can't be a task: give the function a name"),
    ("‸@Task struct Mail {}", "'@Task' makes a task of a function, and this is none"),
    ("‸@Task var mail: Int { 0 }", "'@Task' makes a task of a function, and this is none"),
    (
      "‸@PeriodicTask(runEvery: .seconds(1)) struct Mail {}",
      "'@PeriodicTask' makes a task of a function, and this is none"
    ),
  ])
  func `what is no plain function is refused`(source: String, message: String) {
    expect(source, message)
  }
}

/// Expands the source without its mark and expects one message, at the mark.
func expect(
  _ marked: String, _ message: String, fixIt: String? = nil, fixed: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let source = marked.filter { $0 != "‸" }
  let expansion = Expansion(of: source)
  #expect(
    expansion.mistakes == [
      .init(markedSource: marked, message: message, fixIts: fixIt.map { [$0] } ?? [])
    ], sourceLocation: sourceLocation)
  #expect(expansion.fixed == fixed ?? source, sourceLocation: sourceLocation)
}
