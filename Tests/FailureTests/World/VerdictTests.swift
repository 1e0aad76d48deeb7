import Testing

/// The judge is judged first.
@Suite(.timeLimit(.minutes(1)))
struct VerdictTests {
  private let one = [Call.run("a")]

  @Test func `a call that was run once and has its result is done`() throws {
    let verdict = Verdict(one, try evidence("S a 1 7 1", "E a 1 7 2", state: "SUCCESS"))

    #expect(verdict.broken == [])
    #expect(verdict.done == 1)
  }

  @Test func `a call without result is lost`() throws {
    #expect(Verdict(one, try evidence("S a 1 7 1")).broken.map(\.kind) == [.lost])
  }

  @Test func `a result that no run has made is noticed`() throws {
    #expect(Verdict(one, try evidence(state: "SUCCESS")).broken.count == 1)
  }

  @Test func `a second run is a broken promise unless the first worker was killed`() throws {
    let lines = ["S a 1 7 1", "S a 1 8 3", "E a 1 8 4"]

    #expect(Verdict(one, try evidence(lines, state: "SUCCESS")).broken.count == 1)
    #expect(Verdict(one, try evidence(lines, state: "SUCCESS", dead: [7])).broken == [])
    #expect(Verdict(one, try evidence(lines, state: "SUCCESS", dead: [7])).repeated == 1)
  }

  @Test func `a run after the end is noticed, whoever has died`() throws {
    let lines = ["S a 1 7 1", "E a 1 7 2", "S a 1 8 3"]

    #expect(Verdict(one, try evidence(lines, state: "SUCCESS", dead: [8])).broken.count == 1)
  }

  @Test func `a message that is left anywhere is noticed`() throws {
    var evidence = try evidence("S a 1 7 1", "E a 1 7 2", state: "SUCCESS")
    evidence.waiting = ["celeriac:loan:x:1": 1]

    #expect(Verdict(one, evidence).broken.map(\.kind) == [.stuck])
  }

  @Test func `a call is buried for three crashes, and for less it is not`() throws {
    let lines = ["S a 1 7 1", "S a 1 8 3", "S a 1 9 4"]
    var evidence = try evidence(lines, state: "FAILURE", dead: [7, 8, 9])
    evidence.buried = ["a": "crashed"]

    #expect(Verdict(one, evidence).broken == [])
    evidence.dead = [7]
    #expect(Verdict(one, evidence).broken.isEmpty == false)
  }

  @Test func `a start before its time is noticed`() throws {
    let call = Call(id: "a", kind: .run(milliseconds: 0), eta: 10)

    #expect(
      Verdict([call], try evidence("S a 1 7 9", "E a 1 7 12", state: "SUCCESS")).broken.count == 1)
  }

  private func evidence(
    _ lines: String..., state: String? = nil, dead: Set<Int32> = []
  ) throws -> Evidence {
    try evidence(lines, state: state, dead: dead)
  }

  private func evidence(
    _ lines: [String], state: String? = nil, dead: Set<Int32> = []
  ) throws -> Evidence {
    var evidence = Evidence()
    evidence.runs = try lines.map { try #require(RunRecord($0[...])) }
    if let state { evidence.states["a"] = state }
    evidence.dead = dead
    return evidence
  }
}
