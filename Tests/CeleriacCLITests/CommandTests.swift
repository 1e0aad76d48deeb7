import CeleriacCore
import CeleriacRedis
import CeleriacWorker
import Logging
import TestSupport
import Testing

@testable import CeleriacCLI

/// The commands against a real Redis, with a real worker where one is needed.
@Suite(.timeLimit(.minutes(1)))
struct CommandTests {
  let server: RedisServer
  let shell: Shell

  init() async throws {
    server = try await RedisServer.start()
    shell = Shell(server)
  }

  // Runs a worker of the test application while `body` runs.
  private func withWorker(_ body: () async throws -> Void) async throws {
    let session = try shell.session()
    let worker = Worker(
      queue: try session.queue(), registry: session.registry,
      configuration: session.workerConfiguration,
      logger: Logger(label: "worker") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { try await worker.run() }
    defer { running.cancel() }
    try await body()
  }

  @Test func `a call that is waited for prints its value`() async throws {
    try await withWorker {
      let called = await shell.run("call", "math.add", "--args", "[2, 2]", "--wait", "20")

      #expect(called.status == .fine)
      #expect(called.output == "4")
    }
  }

  @Test func `a call that fails says why, and is refused`() async throws {
    try await withWorker {
      let called = await shell.run(
        "call", "mail.send", "--kwargs", #"{"to": "ada"}"#, "--wait", "20")

      #expect(called.status == .refused)
      #expect(called.output.isEmpty)
      #expect(called.notes.contains("Undeliverable: nobody is at ada"))
    }
  }

  @Test func `a result can be asked for later`() async throws {
    let id = await shell.run("call", "math.add", "-a", "[40, 2]").output
    let early = await shell.run("result", id)
    try await withWorker {
      let late = await shell.run("result", id, "--wait", "20")

      #expect(early.status == .refused)
      #expect(early.notes.contains("nothing is known"))
      #expect(late.status == .fine)
      #expect(late.output == "42")
    }
    let record = await shell.run("result", id, "--json")
    #expect(record.output.contains(#""status": "SUCCESS""#))
  }

  @Test func `a result that does not come in time is refused`() async {
    let called = await shell.run("call", "math.add", "-a", "[1, 1]", "--wait", "10ms")

    #expect(called.status == .refused)
    #expect(called.notes.contains("no result after 10 ms"))
  }

  @Test(arguments: [
    (["--args", "[2]"], "argument 'y' is missing"),
    (["--args", #"[2, "x"]"#], "argument 'y' expected Int"),
    (["--args", "[1, 2, 3]"], "3 positional arguments"),
    (["--kwargs", #"{"x": 1, "y": 2, "z": 3}"#], "there is no parameter 'z'"),
    (["--args", "[1], {}"], "not an array in JSON"),
    (["--args", "{}"], "not an array in JSON"),
    (["--args", "[1, 2]", "--kwargs", "[]"], "not an object in JSON"),
  ])
  func `arguments that don't fit are refused before anything is sent`(
    options: [String], reason: String
  ) async throws {
    let called = await shell.run(TestApp.self, ["call", "math.add"] + options)

    #expect(called.status == .usage)
    #expect(called.notes.contains(reason))
    #expect(called.notes.contains("math.add(x: Int, y: Int)"))
    #expect(try await shell.session().queue().broker.length(of: "celery") == 0)
  }

  @Test(arguments: [
    (["call", ""], "NAME is empty"), (["call", "math.add", "--id", ""], "--id is empty"),
    (["call", "math.add", "-a", "[1, 2]", "--queue", ""], "a queue needs a name"),
    (["call", "math.add", "-a", "[1, 2]", "--queue", "a b"], "no blanks"),
    (["call", "math.add", "-a", "[1, 2]", "--queue", "celeriac:dead"], "Celeriac's own"),
    (["call", "math.add", "-a", "[1, 2]", "--expires=-1"], "such as"),
    (["purge", "a\u{6}\u{16}3"], "control characters"), (["result", ""], "ID is empty"),
    (["worker", "--hostname", "a b"], "without blanks"),
    (["worker", "--queues", "celeriac:x"], "Celeriac's own"),
  ])
  func `a name that can't be meant is a usage error that says why`(
    words: [String], reason: String
  ) async {
    let outcome = await shell.run(TestApp.self, words)

    #expect(outcome.status == .usage)
    #expect(outcome.notes.contains(reason))
  }

  @Test func `a task of another program is called by name`() async throws {
    let called = await shell.run(
      "call", "python.resize", "--args", #" ["cat.jpg", 640] "#, "--queue", "images",
      "--id", "my-id")

    #expect(called.status == .fine)
    #expect(called.output == "my-id")
    #expect(called.notes.contains("unchecked"))
    #expect(try await shell.session().queue().broker.length(of: "images") == 1)
  }

  @Test(arguments: [
    ["--countdown", "soon"], ["--eta", "tomorrow"], ["--expires", "never"], ["--priority", "10"],
    ["--wait", "x"], ["--countdown", "1", "--eta", "2030-01-01T00:00:00Z"],
  ])
  func `options that make no sense are a usage error`(options: [String]) async {
    let called = await shell.run(TestApp.self, ["call", "math.add", "-a", "[1, 1]"] + options)

    #expect(called.status == .usage)
  }

  @Test func `status counts what waits, and misses a worker`() async throws {
    _ = await shell.run("call", "math.add", "-a", "[1, 1]")
    _ = await shell.run("call", "mail.send", "-a", #"["ada"]"#, "--priority", "9")

    let status = await shell.run("status")

    #expect(status.status == .refused)
    #expect(status.notes.contains("no worker is alive"))
    #expect(
      status.output == """
        workers
          none

        queues
          celery  1 waiting  0 scheduled
          mail    1 waiting  0 scheduled

        dead letters
          0
        """)
  }

  @Test func `status sees a worker while it lives`() async throws {
    try await withWorker {
      let isSeen = try await eventually {
        let status = await shell.run("status", "--json")
        return status.status == .fine && status.output.contains(#""alive": true"#)
      }
      #expect(isSeen)
    }
    let isGone = try await eventually {
      await shell.run("status").output.hasPrefix("workers\n  none")
    }
    #expect(isGone)
  }

  @Test func `purge drops nothing unless somebody says yes`() async throws {
    for _ in 0..<3 { _ = await shell.run("call", "math.add", "-a", "[1, 1]") }
    let no = Shell(server, answer: false)

    let unasked = await shell.run("purge")
    let refused = await no.run("purge", "celery")

    #expect(unasked.status == .refused)
    #expect(unasked.notes.contains("--force"))
    #expect(refused.status == .refused)
    #expect(refused.notes.contains("Drop 3 messages (celery: 3 waiting)?"))
    #expect(try await shell.session().queue().broker.length(of: "celery") == 3)
  }

  @Test func `purge drops what it was asked for`() async throws {
    for _ in 0..<3 { _ = await shell.run("call", "math.add", "-a", "[1, 1]") }
    _ = await shell.run("call", "mail.send", "-a", #"["ada"]"#)
    let yes = Shell(server, answer: true)

    let asked = await yes.run("purge", "celery")
    let forced = await shell.run("purge", "--force")
    let empty = await shell.run("purge", "--force")

    #expect(asked.output == "dropped 3 messages")
    #expect(forced.output == "dropped 1 message")
    #expect(empty.output == "nothing waits in celery, mail")
  }

  @Test func `doctor finds a healthy Redis healthy`() async {
    let doctor = await shell.run("doctor")

    #expect(doctor.status == .fine)
    #expect(doctor.output.contains("✓ broker: PONG from unix://"))
    #expect(doctor.output.contains("✓ broker, maxmemory-policy: noeviction"))
    #expect(doctor.output.contains("✓ broker, persistence: append-only file"))
    #expect(doctor.output.contains("✓ hiredis: "))
  }

  @Test func `doctor objects to a Redis that throws messages away`() async throws {
    let forgetful = try await RedisServer.start(
      options: ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"])

    let doctor = await Shell(forgetful).run("doctor")

    #expect(doctor.status == .refused)
    #expect(doctor.output.contains("✗ broker, maxmemory-policy: allkeys-lru throws messages away"))
  }

  @Test func `doctor finds misspelled variables`() async {
    var misspelled = shell
    misspelled.environment["CELERIAC_CONCURENCY"] = "4"

    let doctor = await misspelled.run("doctor")

    #expect(doctor.output.contains("✗ CELERIAC_CONCURENCY: no such setting"))
  }

  @Test func `list knows when an interval fires next, once a beat has seen it`() async throws {
    let before = await shell.run("list")
    let entry = BeatEntryID(name: "sync", schedule: "every 30 s")
    _ = try await shell.session().queue().broker.beatState(
      of: entry, startingAt: SystemWallClock().now())

    let after = await shell.run("list")

    #expect(before.output.contains("next one interval after"))
    #expect(!after.output.contains("next one interval after"))
    #expect(after.output.contains(" UTC (in "))
  }
}
