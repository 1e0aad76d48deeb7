import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct NamesTests {
  private let names = Names([
    .init(name: "redis", kind: "redis", place: "redis.1"),
    .init(name: "worker.1", kind: "worker", place: "worker.1"),
    .init(name: "worker.2", kind: "worker", place: "worker.2"),
    .init(name: "beat", kind: "beat", place: "beat.1"),
  ])

  @Test(arguments: [
    (["all"], ["redis", "worker.1", "worker.2", "beat"]),
    (["worker"], ["worker.1", "worker.2"]), (["worker.2"], ["worker.2"]),
    (["redis.1"], ["redis"]), (["beat", "worker", "beat.1"], ["worker.1", "worker.2", "beat"]),
    ([], []),
  ])
  func `names, kinds, places and all are understood`(_ words: [String], _ meant: [String]) throws {
    #expect(try names.resolve(words).map(\.name) == meant)
  }

  @Test(arguments: [
    ("wroker", "worker"), ("Worker", "worker"), ("baet", "beat"),
    ("reddis", "redis"),
  ])
  func `a name that is nearly right is asked back`(_ word: String, _ guess: String) {
    let error = #expect(throws: ControlError.self) { try names.resolve([word]) }

    #expect(error?.code == .unknownName)
    #expect(
      error?.detail.hasPrefix("no process is called '\(word)'; did you mean '\(guess)'?") == true)
    #expect(error?.detail.hasSuffix("there are redis, worker, worker.1, worker.2, beat") == true)
  }

  @Test func `a name that is nothing like any is not guessed at`() {
    let error = #expect(throws: ControlError.self) { try names.resolve(["postgres"]) }

    #expect(
      error?.detail
        == "no process is called 'postgres'; there are redis, worker, worker.1, worker.2, beat")
  }

  @Test func `one wrong name among right ones refuses all`() {
    #expect(throws: ControlError.self) { try names.resolve(["redis", "x"]) }
  }

  @Test(arguments: [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1)])
  func `the distance counts single changes`(_ one: String, _ other: String, _ distance: Int) {
    #expect(one.distance(to: other) == distance)
    #expect(other.distance(to: one) == distance)
  }
}
