import Glibc
import TestSupport
import Testing

/// Which program a line of the Procfile starts, with which variables, and what is said if it cannot be.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ProgramTests {
  @Test func `a program that does not exist is named`() throws {
    let run = try Supervised(["Procfile": "web: no-such-program --fast"])
    try run.start("dev", "--exit-on-failed")

    try run.expect("web cannot be started: 'no-such-program' is in no folder of PATH")
    #expect(try run.end() == 70)
    #expect(run.lines.count { $0.has("cannot be started") } == 1)
  }

  @Test func `in production a program that does not exist keeps all from starting`() throws {
    let run = try Supervised([
      "Procfile": "other: sh -c 'echo other runs'\nweb: no-such-program --fast\nclock: bin/clock"
    ])
    try run.start("prod")

    try run.expect("supervise: Procfile:2: 'web': 'no-such-program' is in no folder of PATH; ")
    try run.expect("supervise: Procfile:3: 'clock': 'bin/clock' is not there; ")
    #expect(try run.end() == 78)
    #expect(!run.output.has("other runs"))
  }

  @Test func `a script that cannot be executed starts when it can be`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web\nother: sleep 79", "web": "# no interpreter yet",
    ])
    try run.start("dev")
    try run.expect("web cannot be started: './web' is not executable; 'chmod +x' makes it so")

    chmod(run.path("web"), 0o755)
    try run.expect("web cannot be run: it is neither an ELF file nor a script with #!")
    try run.write("#!/no/such/interpreter\n", to: "web")
    try run.expect("'./web' is run by '/no/such/interpreter', which is not there")
    try run.write("#!/bin/sh\necho web runs; exec sleep 78\n", to: "web")

    try run.expect("web runs")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("web cannot be started") } == 2)
  }

  @Test func `a mistake in the Procfile is told with its line`() throws {
    let run = try Supervised(["Procfile": "web: true\nworker true\n"])
    try run.start("dev")

    try run.expect("supervise: Procfile:2: 'worker true' is not of the form 'name: command'")
    #expect(try run.end() == 78)
  }

  @Test func `variables come from files, the environment and the command line`() throws {
    let run = try Supervised([
      "Procfile": #"web: sh -c 'echo "$A $B $C $D"'"#,
      ".env": "A=env\nB=env\nC=env\nD=env\nSUPERVISE_TEST=weaker",
      ".env.dev": "B=dev\nC=dev\nD=dev",
      "more": "C=more\nD=more",
    ])
    try run.start("dev", "-e", "more", "--set", "D=set")

    try run.expect("| env dev more set")
    #expect(try run.end() == 0)
  }
}
