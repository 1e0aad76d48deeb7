import Glibc
import TestSupport
import Testing

/// What `supervise check` says before anything runs.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct CheckTests {
  private func check(
    _ files: [String: String], _ arguments: String...
  ) throws -> (code: Int32, output: String) {
    let run = try Supervised(files)
    mkdir(run.path("src"), 0o755)
    try run.start(["check"] + arguments)
    return (try run.end(), run.output)
  }

  @Test func `what could start is shown, and is no mistake`() throws {
    let (code, output) = try check(["Procfile": "#: stop=5s\nweb: sleep 1\nsh: cd src && make"])

    #expect(code == 0)
    #expect(output.has("runs     sleep 1"))
    #expect(output.has("from     /"))
    #expect(output.has("stop SIGTERM 5 s"))
    #expect(output.has("runs     sh -c 'cd src && make'"))
    #expect(!output.has("supervise:"))
  }

  @Test(arguments: ["FOO=1 bin/app", "exec bin/app", "env A=1 nice -n 5 bin/app", "bin/app | cat"])
  func `what is reloaded is shown also of a line with more before or after it`(
    line: String
  ) throws {
    let (code, output) = try check(["Procfile": "web: \(line)", "bin/app": "#!/bin/sh\n"])

    #expect(code == 0)
    #expect(output.has("/bin/app\n"), "\(output)")
    #expect(!output.has("supervise:"))
  }

  @Test(arguments: ["cd src && ../bin/app", "sh -c 'exec bin/app'", "env -i bin/app"])
  func `what cannot be reloaded is told of, unless that is meant`(line: String) throws {
    let said = "'web' is not replaced when its executable is built anew"
    let files = ["Procfile": "web: \(line)", "bin/app": "#!/bin/sh\n"]
    let meant = files.merging(["Procfile": "#: reload=none\nweb: \(line)"]) { $1 }

    #expect(try check(files).output.has(said))
    #expect(try !check(meant).output.has(said))
    #expect(try !check(files, "--prod").output.has(said))
  }

  @Test func `a program of the system is no mistake, and no build replaces it`() throws {
    let (code, output) = try check(["Procfile": "redis: sleep 1"])

    #expect(code == 0)
    #expect(output.has("/sleep, outside the folder; no new build of it replaces it"))
    #expect(!output.has("supervise:"))
  }

  @Test func `what is allowed and may not be meant is remarked on`() throws {
    let (code, output) = try check(
      [
        "Procfile": "a-b: sleep 1\na_b: sleep 1\nworker: sleep 1", "Package.swift": "",
      ], "-c", "a-b=101", "--watch", "src", "--watch", "absent")

    #expect(code == 0)
    #expect(output.has("a-b.101 and a_b both get PORT=5100"))
    #expect(output.has("share the variable PORT_A_B"))
    #expect(output.has("'swift build' is not run, for --watch names"))
    #expect(!output.has("'src' is not there"))
    #expect(output.has("--watch: 'absent' is not there yet"))
    #expect(output.has("reload drain within 30 s, stop"))
  }

  @Test(arguments: [
    ["nope"], ["-c", "web=x"], ["-c", "nope=1"], ["--set", "FOO"], ["--exit-on", "nope"],
  ])
  func `a mistake on the command line is told apart from one in a file`(
    arguments: [String]
  ) throws {
    let run = try Supervised(["Procfile": "web: sleep 1"])

    try run.start(["check"] + arguments)

    #expect(try run.end() == 64)
  }

  @Test(arguments: [
    ("web: no-such-program", "'web': 'no-such-program' is in no folder of PATH; install it"),
    ("web: bin/server", "'web': 'bin/server' is not there; correct the path"),
    ("web: ./src", "'web': './src' is a folder"),
    ("web: ./Procfile", "'web': './Procfile' is not executable"),
    ("web: /no/where", "'web': '/no/where' is not there"),
  ])
  func `a program that cannot be started is a mistake`(line: String, message: String) throws {
    let (code, output) = try check(["Procfile": "other: sleep 1\n" + line])

    #expect(code == 78)
    #expect(output.has("supervise: Procfile:2: \(message)"))
  }

  @Test(arguments: [
    ("web: .build/debug/server", []), ("web: out/server", ["--no-build"]),
    ("web: out/server", ["--build", "make", "--watch", "src/**"]),
  ])
  func `what a build is going to make is only remarked on`(
    line: String, arguments: [String]
  ) throws {
    let run = try Supervised(["Procfile": line])

    try run.start(["check"] + arguments)

    try run.expect("is not there yet; it starts when it has been built")
    #expect(try run.end() == 0)
  }

  @Test func `in production nothing is going to be built`() throws {
    let (code, output) = try check(["Procfile": "web: .build/release/server"], "--prod")

    #expect(code == 78)
    #expect(output.has("supervise: Procfile:1: 'web': '.build/release/server' is not there; "))
  }

  @Test func `what a shell may find is only remarked on`() throws {
    let (code, output) = try check(["Procfile": "web: no-such-program || sleep 1"])

    #expect(code == 0)
    #expect(output.has("'web': 'no-such-program' is in no folder of PATH, as far as can be told"))
  }

  @Test(arguments: [
    ("--watch", "[", "--watch: '[' is no pattern for files: nothing closes the '['"),
    ("--watch", "/no/where/*.py", "--watch: the folder '/no/where' is not there"),
    ("--build", "make 'x", "--build: the quotation mark before 'x' is not closed"),
    ("--set", "PORT=65535", "PORT: counting from 65535, the last process would get 65635"),
  ])
  func `a mistake in an option is told`(option: String, value: String, message: String) throws {
    let (code, output) = try check(["Procfile": "web: sleep 1\nb: sleep 1"], option, value)

    #expect(code == (option == "--set" ? 78 : 64), "PORT may as well stand in a file")
    #expect(output.has("supervise: \(message)"))
  }

  @Test func `a mistake on the command line has another code than one in a file`() throws {
    for (arguments, code) in [
      (["nope"], Int32(64)), (["-c", "web=x"], 64), (["--set", "FOO"], 64), (["-e", "none"], 78),
      (["--exit-on", "nope"], 64), ([], 0),
    ] {
      let run = try Supervised(["Procfile": "web: true"])
      try run.start(["check"] + arguments)
      #expect(try run.end() == code, "\(arguments)")
    }
  }

  @Test func `a port that a variable was to name is read before anything starts`() throws {
    let files = ["Procfile": "#: ready=tcp:$PROT\nweb: sleep 1"]

    let (code, output) = try check(files)

    #expect(code == 78)
    #expect(output.has("Procfile:2: ready=tcp:$PROT, which is '' here, names no port; use"))
    #expect(try check(files, "--set", "PROT=80").code == 0)
  }

  @Test func `a byte that ends every word for the system is a mistake, with its line`() throws {
    let (code, output) = try check(["Procfile": "a: sleep 1\nb: sleep 1\u{0}23"])
    let (other, text) = try check(["Procfile": "a: sleep 1", ".env": "A=1\nB=2\u{0}3"])

    #expect(code == 78)
    #expect(output.has("Procfile:2: there is a NUL byte"))
    #expect(other == 78)
    #expect(text.has(".env:2: there is a NUL byte"))
  }

  @Test func `a file without end is not read to its end`() throws {
    let (code, output) = try check([:], "-f", "/dev/zero")

    #expect(code == 78)
    #expect(output.has("/dev/zero: is larger than 16 MiB"))
  }

  @Test func `in a folder that was removed it says so`() throws {
    let run = try Supervised([:])
    try run.start(["check"], under: ["sh", "-c", "mkdir x; cd x; rmdir ../x; exec \"$@\"", "sh"])

    #expect(try run.end() == 78)
    #expect(run.output.has("removed folder"))
  }
}
