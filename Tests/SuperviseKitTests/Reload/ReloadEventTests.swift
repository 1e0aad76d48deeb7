import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ReloadEventTests {
  private func instance(_ name: String, _ executable: String) -> ReloadInstance {
    ReloadInstance(
      name: name, label: name, kind: name, executable: executable,
      image: Reloads.identity(ofVersion: 0), policy: .restart, isSingleton: false)
  }

  private func build(_ version: Int64) -> FileIdentity { Reloads.identity(ofVersion: version) }

  @Test func `all that was proven is one reload, in which nobody is replaced twice`() {
    let events: [ReloadPlan.Event] = [
      .proven(["demo": build(1)], [instance("web", "demo")]), .drained("beat"),
      .proven(["a.txt": build(2)], [instance("web", "a.txt"), instance("beat", "a.txt")]),
    ]

    let joined = ReloadPlan.Event.joined(events)

    #expect(
      joined == [
        .drained("beat"),
        .proven(
          ["demo": build(1), "a.txt": build(2)],
          [instance("web", "demo"), instance("beat", "a.txt")]),
      ])
    #expect(ReloadPlan.Event.joined([]) == [])
  }

  @Test func `what is noted for later grows and is not replaced`() {
    let noted = Reloads.Reason.sources(["a", "b"])

    #expect(noted.joined(with: .sources(["b", "c"])) == .sources(["a", "b", "c"]))
    #expect(noted.joined(with: .formation) == .formation)
  }
}
