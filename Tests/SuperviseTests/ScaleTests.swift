import Glibc
import TestSupport
import Testing

/// More and fewer of a kind, while it runs.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ScaleTests {
  private static let files = [
    "Procfile": "worker: ./say\nbeat: sleep 72\nweb: ./say",
    "say": "#!/bin/sh\necho \"$PS on $PORT\"\nexec sleep 71\n",
  ]

  @Test(arguments: ["worker=1001", "worker=-1"])
  func `a number that cannot be is told with those that can`(share: String) throws {
    let run = try Supervised([:])
    try run.start("scale", share)

    try run.expect("'\(share)': a kind has from 0 to 1000 processes")
    #expect(try run.end() == 64)
  }

  @Test func `a kind grows and shrinks, and is called accordingly`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "web=0")
    try run.expect("worker.1 on 5000")

    #expect(try run.ask("scale", "worker=3").text == "worker from 1 to 3\n")
    try run.expectAll("worker.2 on 5001", "worker.3 on 5002")
    #expect(try run.names() == ["worker.1", "worker.2", "worker.3", "beat"])

    try run.ask("scale", "worker=1", "web=2").expectSuccess()
    try run.expectAll("web.1 on 5200", "web.2 on 5201")
    try run.ask("wait", "--ready", "all").expectSuccess()
    #expect(try run.names() == ["worker", "beat", "web.1", "web.2"])

    try run.ask("scale", "worker=0", "web=0").expectSuccess()
    #expect(try run.names() == ["beat"])
    try run.ask("scale", "worker=1").expectSuccess()
    try run.expect("worker.1 on 5000")
    try run.quit()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `another number is all that changes, whatever the files say by now`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "web=0")
    try run.expect("worker.1 on 5000")
    try run.ask("wait", "--ready", "all").expectSuccess()
    try run.write("worker: ./say more\nextra: sleep 70\nthis is no line", to: "Procfile")

    try run.ask("scale", "worker=2").expectSuccess()

    try run.expect("worker.2 on 5001")
    try run.ask("wait", "--ready", "all").expectSuccess()
    #expect(try run.names() == ["worker.1", "worker.2", "beat"])
    #expect(run.count(of: "worker.1 on 5000") == 1, "it was not started again")
    #expect(!run.output.has("Procfile changed"))
    try run.quit()
  }

  @Test func `one too many finishes its task`() throws {
    let run = try Supervised([
      "Procfile": "worker: ./worker",
      "worker": """
      #!/bin/sh
      trap 'sleep 0.3; echo $PS has finished; exit 0' TERM
      echo $PS runs
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod", "-c", "worker=2")
    try run.expectAll("worker.1 runs", "worker.2 runs")

    try run.ask("scale", "worker=1").expectSuccess()

    try run.expect("worker.2 has finished")
    #expect(!run.output.has("worker.1 has finished"))
    try run.quit()
  }

  @Test func `beat is one at most, and what is not there cannot be more`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    try run.expect("on 5000")

    let beat = try run.ask("scale", "beat=2")
    #expect(beat.code == 1)
    #expect(beat.text.has("'beat' is a singleton and cannot run 2 times"))
    #expect(!beat.text.has("-c"))
    #expect(!run.output.has("as asked"))
    let unknown = try run.ask("scale", "worker=2", "wbe=2")
    #expect(unknown.code == 64)
    #expect(unknown.text.has("no process is called 'wbe'; did you mean 'web'?"))
    #expect(try run.ask("scale", "worker=many").code == 64)
    // Nothing was done by halves.
    #expect(try run.names() == ["worker", "beat", "web"])
    try run.quit()
  }

  @Test func `TTIN is one worker more, TTOU one fewer, but not the last`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "worker", "beat")
    try run.expect("worker.1 on 5000")

    run.signal(SIGTTIN)
    try run.expect("worker.2 on 5001")
    run.signal(SIGTTOU)
    try run.expect("worker from 2 to 1")
    run.signal(SIGTTOU)
    try run.expect("one worker is left; it stays")
    #expect(try run.names().count == 2)
    try run.quit()
  }
}

extension Supervised {
  /// What there is, in the order of `ps`, without what drains.
  fileprivate func names() throws -> [String] {
    let text = try ask("ps", "--json").text
    var names: [String] = []
    for row in text.split(separator: "{") where !row.contains("draining") {
      let parts = row.split(separator: "\"")
      if parts.count > 2, parts[0] == "name" { names.append(String(parts[2])) }
    }
    return names
  }
}
