import TestSupport
import Testing

/// One command in the environment of the Procfile's processes.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct RunTests {
  private func run(_ arguments: String...) throws -> (code: Int32, output: String) {
    let run = try Supervised([
      "Procfile": "web: sh -c 'echo web in $PLACE; exit 5'\n#: cwd=sub\nsub: ./there",
      ".env.dev": "PLACE=dev", ".env.prod": "PLACE=prod",
      "sub/there": "#!/bin/sh\necho in $(basename $(pwd))", "data": "no program",
    ])
    try run.start(["run"] + arguments)
    return (try run.end(), run.output)
  }

  @Test func `it becomes the process, whose code it leaves with`() throws {
    let dev = try run("web")
    let prod = try run("--prod", "web")

    #expect(dev.code == 5)
    #expect(dev.output.has("web in dev"))
    #expect(prod.output.has("web in prod"))
  }

  @Test func `it runs where the process would`() throws {
    let (code, output) = try run("sub")

    #expect(code == 0)
    #expect(output.has("in sub"))
  }

  @Test func `what stands before the command is for supervise`() throws {
    let (code, output) = try run("--set", "PLACE=set", "--", "sh", "-c", "echo in $PLACE")
    #expect(code == 0)
    #expect(output.has("in set"))

    for option in ["-h", "--help"] {
      let (code, output) = try run(option)
      #expect(code == 0)
      #expect(output.has("USAGE: supervise run"))
    }
    let unknown = try run("--bogus", "web")
    #expect(unknown.code == 64)
    #expect(unknown.output.has("Unknown option '--bogus'"))
  }

  @Test func `any other command runs as well`() throws {
    let (code, output) = try run("--", "sh", "-c", "echo in $PLACE; kill -TERM $$")

    #expect(code == 128 + 15)
    #expect(output.has("in dev"))
  }

  @Test(arguments: [
    ("no-such-program", Int32(127), "supervise: no-such-program: command not found"),
    ("./no/such/file", 127, "supervise: ./no/such/file: No such file or directory"),
    ("./data", 126, "supervise: ./data: Permission denied"),
  ])
  func `what cannot be run has a shell's code`(
    word: String, code: Int32, message: String
  ) throws {
    let result = try run("--", word)

    #expect(result.code == code)
    #expect(result.output.has(message))
  }
}
