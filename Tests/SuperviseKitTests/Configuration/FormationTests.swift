import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct FormationTests {
  private func procfile() throws -> Procfile {
    try Procfile(parsing: "web: w\nworker: x\nmy-beat: b\nbeat: b", file: "Procfile")
  }

  @Test func `each process has its name, number and port`() throws {
    let formation = try Formation(try procfile(), counts: "worker=2")

    #expect(formation.places.map(\.name) == ["web", "worker.1", "worker.2", "my-beat", "beat"])
    #expect(formation.places.map(\.port) == [5000, 5100, 5101, 5200, 5300])
  }

  @Test func `chosen kinds keep the ports they have among all`() throws {
    let formation = try Formation(try procfile(), only: ["beat"], basePort: 8000)

    #expect(formation.places.map(\.port) == [8300])
  }

  @Test func `all stands for every kind that may run more than once`() throws {
    let formation = try Formation(try procfile(), counts: "all=2,web=0")

    #expect(
      formation.places.map(\.name)
        == ["worker.1", "worker.2", "my-beat.1", "my-beat.2", "beat"])
  }

  @Test(arguments: [
    ("x=1", "-c: the Procfile defines no 'x'; it has web, worker, my-beat, beat"),
    ("worker=-1", "-c: 'worker=-1': a kind has from 0 to 1000 processes"),
    ("worker=1001", "-c: 'worker=1001': a kind has from 0 to 1000 processes"),
    ("", "-c: '' is not of the form worker=4; with more than one, worker=4,web=1"),
    ("worker=1,", "-c: '' is not of the form worker=4; with more than one, worker=4,web=1"),
    ("worker", "-c: 'worker' is not of the form worker=4; with more than one, worker=4,web=1"),
    ("beat=2", "-c: 'beat' is a singleton and cannot run 2 times"),
    ("all=0", "-c: nothing is left to run"),
  ])
  func `counts that make no sense are refused`(counts: String, message: String) throws {
    let procfile = try procfile()

    let error = #expect(throws: ConfigurationError.self) {
      try Formation(procfile, counts: counts)
    }

    #expect(error?.description == message)
  }

  @Test func `ports that two processes get are remarked on, once for two kinds`() throws {
    let text = "a: x\nb: y"

    let many = try Formation(Procfile(parsing: text, file: "Procfile"), counts: "a=150,b=3")
    let few = try Formation(Procfile(parsing: text, file: "Procfile"), counts: "a=100")

    #expect(
      many.remarks == [
        "a.101 and b.1 both get PORT=5100, for a kind has 100 ports; run no more of 'a', or make it"
          + " the last line"
      ])
    #expect(few.remarks == [])
  }

  @Test func `a variable that two kinds share is remarked on`() throws {
    let formation = try Formation(
      Procfile(parsing: "a-b: x\na_b: y\nc: z", file: "Procfile"))

    #expect(
      formation.remarks == [
        "'a-b' and 'a_b' share the variable PORT_A_B; rename one of them if others look for its port"
      ])
  }

  @Test func `a process is told its place and the ports of the others`() throws {
    let formation = try Formation(try procfile(), counts: "worker=2")
    let environment = Environment(["PORT": "1"]).forPlace(formation.places[2], in: formation)

    #expect(environment["PORT"] == "5101")
    #expect(environment["PORT_WEB"] == "5000")
    #expect(environment["PORT_MY_BEAT"] == "5200")
    #expect(environment["PORT_WORKER"] == nil)
    #expect(environment["PS"] == "worker.2")
    #expect(environment["SUPERVISE_INSTANCE"] == "worker.2")
  }
}
