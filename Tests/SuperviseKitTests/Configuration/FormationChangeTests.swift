import TestSupport
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct FormationChangeTests {
  private let before = "web: serve\nworker: work\nbeat: tick"

  @Test func `the same again changes nothing`() throws {
    let change = try change(from: before, to: before)

    #expect(change.isEmpty)
    #expect(change.kept.map(\.place.place) == ["web.1", "worker.1", "beat.1"])
    #expect("\(change)" == "nothing")
  }

  @Test func `only the line that has changed is renewed`() throws {
    let change = try change(from: before, to: "web: serve\nworker: work -v\nbeat: tick")

    #expect(change.renewed.map(\.place.place) == ["worker.1"])
    #expect(change.renewed.first?.place.spec.command == "work -v")
    #expect("\(change)" == "worker changed")
  }

  @Test func `a line added in between and one taken away touch no other`() throws {
    let change = try change(from: before, to: "web: serve\nmail: post\nworker: work")

    #expect(change.added.map(\.place.place) == ["mail.1"])
    #expect(change.removed.map(\.place) == ["beat.1"])
    #expect(change.renewed.isEmpty)
    #expect("\(change)" == "+mail, -beat")
  }

  @Test func `comments, blank lines and another order are no change`() throws {
    let change = try change(
      from: before, to: "# the clock\nbeat: tick\n\nworker:   work\nweb: serve\n")

    #expect(change.isEmpty)
  }

  @Test func `an option is a change of its process`() throws {
    let change = try change(from: before, to: "web: serve\n#: stop=30s\nworker: work\nbeat: tick")

    #expect(change.renewed.map(\.place.place) == ["worker.1"])
  }

  @Test func `more of a kind are added at its end, fewer taken from there`() throws {
    let more = try change(from: before, to: before, counts: "worker=2", then: "worker=4")
    let fewer = try change(from: before, to: before, counts: "worker=4", then: "worker=1")

    #expect(more.added.map(\.place.place) == ["worker.3", "worker.4"])
    #expect(more.removed.isEmpty && more.renewed.isEmpty)
    #expect("\(more)" == "+2 worker")
    #expect(fewer.removed.map(\.place) == ["worker.2", "worker.3", "worker.4"])
    #expect(fewer.kept.map(\.place.name) == ["web", "worker", "beat"])
    #expect("\(fewer)" == "-3 worker")
  }

  @Test func `another number renews nothing, also where a line was tried in vain`() throws {
    let change = try change(
      from: before, to: "web: serve\nworker: work -v\nbeat: tick", then: "worker=2",
      renewing: .none)

    #expect(change.renewed.isEmpty)
    #expect("\(change)" == "+worker")
  }

  @Test func `another variable is a change of all`() throws {
    let old = try options(before, variables: ["A": "1"])
    let new = try options(before, variables: ["A": "2"])

    let change = FormationChange(from: old.assignments, to: new.assignments)

    #expect(change.renewed.count == 3)
  }

  @Test func `all can be renewed without any change, but for what is never reloaded`() throws {
    let options = try options(before + "\n#: reload=none\nredis: serve")

    let change = FormationChange(
      from: options.assignments, to: options.assignments, renewing: .all)

    #expect(change.renewed.map(\.place.place) == ["web.1", "worker.1", "beat.1"])
    #expect(change.kept.map(\.place.place) == ["redis.1"])
  }

  @Test func `what runs keeps its ports, and a new line takes a free hundred`() throws {
    let old = try formation("web: serve\nworker: work")
    let new = try formation("first: f\nweb: serve\nmail: post\nworker: work")

    let kept = new.keepingPorts(of: old)

    #expect(kept.places.map(\.port) == [5200, 5000, 5300, 5100])
    #expect(kept.ports.map(\.port) == [5200, 5000, 5300, 5100])
    #expect(kept.keepingPorts(of: kept) == kept)
  }

  @Test func `counted from another port, all move`() throws {
    let old = try formation("web: serve")
    let new = try formation("mail: post\nweb: serve", basePort: 6000)

    #expect(new.keepingPorts(of: old) == new)
  }

  /// Whatever the two look like: applied to what runs, the change makes what is wanted of it.
  @Test(arguments: 0..<500 as Range<UInt64>)
  func `a change leads from any formation to any other`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let old = try options(procfile(&random), counts: "all=\(Int.random(in: 1...3, using: &random))")
    let new = try options(procfile(&random), counts: "all=\(Int.random(in: 1...3, using: &random))")

    let change = FormationChange(from: old.assignments, to: new.assignments)

    var running = Dictionary(uniqueKeysWithValues: old.assignments.map { ($0.place.place, $0) })
    for place in change.removed {
      #expect(running.removeValue(forKey: place.place) != nil)
    }
    for assignment in change.added {
      #expect(running.updateValue(assignment, forKey: assignment.place.place) == nil)
    }
    for assignment in change.renewed + change.kept {
      #expect(running.updateValue(assignment, forKey: assignment.place.place) != nil)
    }
    #expect(running.count == new.assignments.count)
    for assignment in new.assignments { #expect(running[assignment.place.place] == assignment) }
    for assignment in change.kept {
      let former = old.assignments.first { $0.place.place == assignment.place.place }
      #expect(former?.place.spec.command == assignment.place.spec.command)
    }
  }

  private func procfile(_ random: inout SeededGenerator) -> String {
    var lines: [String] = []
    for kind in ["web", "worker", "mail", "clock", "beat"].shuffled(using: &random) {
      guard Int.random(in: 0...3, using: &random) > 0 || lines.isEmpty else { continue }
      lines.append("\(kind): \(kind) \(Int.random(in: 0...1, using: &random))")
    }
    return lines.joined(separator: "\n")
  }

  private func change(
    from old: String, to new: String, counts: String? = nil, then: String? = nil,
    renewing renewal: FormationChange.Renewal = .changed
  ) throws -> FormationChange {
    let old = try options(old, counts: counts)
    var new = try options(new, counts: then ?? counts)
    new.formation = new.formation.keepingPorts(of: old.formation)
    return FormationChange(from: old.assignments, to: new.assignments, renewing: renewal)
  }

  private func options(
    _ text: String, counts: String? = nil, variables: [String: String] = [:]
  ) throws -> SuperviseOptions {
    SuperviseOptions(
      mode: .development, procfile: "Procfile", formation: try formation(text, counts: counts),
      environment: Environment(variables), directory: "/app", style: LogStyle())
  }

  private func formation(
    _ text: String, counts: String? = nil, basePort: Int = 5000
  ) throws -> Formation {
    try Formation(
      Procfile(parsing: text, file: "Procfile"), counts: counts, basePort: basePort)
  }
}
