import Testing

/// Expands the source without its mark `‸` and expects one message, at the mark, and the source that
/// its fix-it leaves.
func expectMistake(
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
