@testable import CeleriacCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RootTests {
  // Eight bytes are compared at once, and what is left one by one.
  @Test func `a root that differs from the id in one place is another call`() throws {
    let id = "5f8a1d1e-6e52-4b6c-9a53-1d0f6d2b7c11"
    #expect(try envelope(id, root: id).rootID == nil)

    for place in id.indices {
      var root = id
      root.replaceSubrange(place...place, with: "x")
      #expect(try envelope(id, root: root).rootID == TaskID(root))
    }
  }

  private func envelope(_ id: String, root: String) throws -> Envelope {
    try Envelope(Array(#"{"headers": {"id": "\#(id)", "root_id": "\#(root)"}}"#.utf8))
  }
}
