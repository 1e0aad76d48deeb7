import CeleriacCore
import CeleriacRedis
import Glibc
import TestSupport
import Testing

@testable import CeleriacCLI

/// A whole application as a process: signals, pipes, exit statuses.
@Suite(.timeLimit(.minutes(1)))
struct ProcessTests {
  let server: RedisServer
  let queue: TaskQueue

  init() async throws {
    server = try await RedisServer.start()
    queue = try TaskQueue.redis(server.url)
  }

  private func worker(
    _ options: String..., environment: [String: String] = [:]
  ) throws -> FixtureProcess {
    try FixtureProcess(["worker"] + options, environment: environment, broker: server.url)
  }

  private func send(_ task: String, _ arguments: String) async throws -> TaskResult<Nothing> {
    try await queue.send(
      Signature<Nothing>(
        calling: task, try CallArguments(json: arguments, "{}"),
        options: TaskOptions()))
  }

  @Test func `TERM lets a running task finish`() async throws {
    let worker = try worker()
    #expect(try await worker.tells("READY=1"))
    let result = try await send("fixture.slow", "[0.6]")
    #expect(try await worker.tells("BUSY=1"))

    worker.signal(SIGTERM)

    #expect(try await worker.tells("STOPPING=1"))
    #expect(try await worker.ends() == 0)
    #expect(try await result.state == .success)
  }

  @Test func `a second INT hands a running task back at once`() async throws {
    let worker = try worker()
    _ = try await send("fixture.slow", "[600]")
    #expect(try await worker.tells("BUSY=1"))

    worker.signal(SIGINT)
    #expect(try await worker.says("finishing what runs"))
    worker.signal(SIGINT)

    #expect(try await worker.ends() == 0)
    #expect(try await queue.broker.length(of: "celery") == 1)
  }

  @Test func `QUIT hands a task back that hears no cancellation`() async throws {
    let worker = try worker("-c", "1")
    _ = try await send("fixture.stubborn", "[600]")
    #expect(try await worker.tells("BUSY=1"))

    worker.signal(SIGQUIT)

    #expect(try await worker.ends() == 0)
    #expect(try await queue.broker.length(of: "celery") == 1)
  }

  @Test func `the end of the supervisor is a warm stop`() async throws {
    let worker = try worker()
    #expect(try await worker.tells("READY=1"))

    worker.endLifeline()

    #expect(try await worker.says("the supervisor is gone"))
    #expect(try await worker.ends() == 0)
  }

  @Test func `what a task prints appears at once, in a pipe too`() async throws {
    let worker = try worker("--queues", "celery,loud")

    _ = try await queue.send(
      Signature<Nothing>(
        calling: "fixture.say", try CallArguments(json: #"["here I am"]"#, "{}"),
        options: TaskOptions(queue: "loud")))

    #expect(try await worker.lines.waits { $0.contains("here I am") })
  }

  @Test func `a supervisor's worker writes no time and takes its place's name`() async throws {
    let worker = try worker(environment: ["SUPERVISE_INSTANCE": "worker.2"])

    #expect(try await worker.says("info  worker  ready  worker=worker.2@"))
    let line = worker.lines.all.first { $0.contains("ready  worker=") }
    #expect(line?.hasPrefix("info ") == true)
  }

  @Test func `JSON logs have no banner`() async throws {
    let worker = try worker("--log-format", "json", "--loglevel", "trace")
    #expect(try await worker.says(#""message":"ready""#))

    worker.signal(SIGTERM)

    #expect(try await worker.ends() == 0)
    #expect(worker.lines.all.allSatisfy { $0.hasPrefix(#"{"ts":""#) })
  }

  @Test func `a worker waits for its broker, says so once, and can be stopped`() async throws {
    server.stop()
    let worker = try worker()
    #expect(try await worker.says("broker unreachable; waiting for it"))

    try await server.restart()

    #expect(try await worker.tells("READY=1"))
    #expect(worker.lines.all.count { $0.contains("unreachable") } == 1)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  @Test func `a worker that waits for its broker ends on TERM`() async throws {
    server.stop()
    let worker = try worker()
    #expect(try await worker.says("broker unreachable; waiting for it"))

    worker.signal(SIGTERM)

    #expect(try await worker.ends() == 0)
  }

  @Test func `a worker that the server refuses ends with a sentence`() async throws {
    let guarded = try await RedisServer.start(password: "secret")
    let worker = try FixtureProcess(
      ["worker"], broker: "unix://:wrong@\(guarded.socketPath)")

    #expect(try await worker.ends() == ExitStatus.unreachable.rawValue)
    #expect(try await worker.says("can't reach Redis"))
  }

  @Test func `a successor takes over at once from a worker that was killed`() async throws {
    let doomed = try worker(environment: ["SUPERVISE_ID": "s1"])
    let result = try await send("fixture.slow", "[2]")
    #expect(try await doomed.tells("BUSY=1"))
    doomed.signal(SIGKILL)
    #expect(try await doomed.ends() == -SIGKILL)

    let heir = try worker(
      environment: ["SUPERVISE_ID": "s2", "SUPERVISE_PREDECESSOR": "s0 s1"])

    #expect(try await heir.says("took over from the process that was here before"))
    _ = try await result.value(within: .seconds(5))
  }

  @Test func `beat sends what falls due, and ends on TERM`() async throws {
    let beat = try FixtureProcess(["beat"], broker: server.url)
    #expect(try await beat.tells("READY=1"))

    let isSent = try await eventually { try await queue.broker.length(of: "celery") > 0 }

    #expect(isSent)
    #expect(try await beat.says("entry=fixture.tick"))
    beat.signal(SIGTERM)
    #expect(try await beat.ends() == 0)
  }

  @Test func `a worker with a beat inside runs what it sends`() async throws {
    let worker = try worker("--beat")

    #expect(try await worker.lines.waits { $0.contains("tick") })
    #expect(worker.status.all.count { $0 == "READY=1" } == 1)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }
}
