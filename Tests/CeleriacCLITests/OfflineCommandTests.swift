import ArgumentParser
import CeleriacRedis
import TestSupport
import Testing

@testable import CeleriacCLI

/// The commands without a broker.
@Suite(.timeLimit(.minutes(1)))
struct OfflineCommandTests {
  private let nowhere = Shell(environment: [
    "CELERIAC_BROKER_URL": "redis://ada:secret@127.0.0.1:1/0"
  ])

  @Test(arguments: [
    ["call", "math.add", "--args", "[1, 1]"], ["result", "some-id"], ["status"], ["purge"],
  ])
  func `a broker that is not there is one sentence, soon`(words: [String]) async {
    let start = ContinuousClock.now
    let outcome = await nowhere.run(TestApp.self, words)

    #expect(outcome.status == .unreachable)
    #expect(outcome.notes.hasPrefix("app: can't reach Redis at redis://ada:**@127.0.0.1:1/0: "))
    #expect(outcome.notes.split(separator: "\n").count == 1)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `a server that says nothing is given up soon`() async throws {
    let silent = try Listener(.tcp)
    let shell = Shell(environment: ["CELERIAC_BROKER_URL": "redis://127.0.0.1:\(silent.port)/0"])
    let start = ContinuousClock.now

    let outcome = await shell.run("status")

    #expect(outcome.status == .unreachable)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `a server that lets nobody in is unreachable too`() async throws {
    let server = try await RedisServer.start(password: "secret")
    let shell = Shell(environment: ["CELERIAC_BROKER_URL": "unix://:wrong@\(server.socketPath)"])

    let outcome = await shell.run("status")

    #expect(outcome.status == .unreachable)
    #expect(outcome.notes.contains("correct user, password or database"))
  }

  @Test func `doctor goes on without a broker`() async {
    let doctor = await nowhere.run("doctor")

    #expect(doctor.status == .unreachable)
    #expect(doctor.output.contains("✓ tasks: 4: mail.digest, mail.send, math.add, sync"))
    #expect(doctor.output.contains("✗ broker: can't reach Redis"))
    #expect(!doctor.output.contains("secret"))
  }

  @Test func `two tasks of one name stop every command, with both places`() async {
    let list = await Shell().run(DoubledApp.self, ["list"])
    let doctor = await Shell().run(DoubledApp.self, ["doctor"])

    #expect(list.status == .usage)
    #expect(list.notes.contains("task 'same' is defined twice: at CeleriacCLITests/TestApp.swift:"))
    #expect(doctor.output.contains("✗ application: task 'same' is defined twice"))
  }

  @Test func `list needs no broker`() async {
    let list = await nowhere.run("list")

    #expect(list.status == .fine)
    #expect(list.output.contains("  mail.send(to: String)     mail    CeleriacCLITests/TestApp"))
    #expect(list.output.contains("0 0 * * * Europe/Berlin  next 2"))
    #expect(list.output.hasSuffix("queues\n  celery, mail"))
  }

  @Test func `list is JSON for programs`() async {
    let list = await nowhere.run("list", "--json")

    #expect(
      list.output.contains(
        #"{"name": "math.add", "parameters": [{"name": "x", "type": "Int", "hasDefault": false}, "#)
    )
  }

  @Test func `list shows settings and who has said them`() async {
    let list = await nowhere.run("list", "--settings", "--broker", "redis://:secret@host/3")

    #expect(list.output.hasPrefix("broker         redis://:**@host:6379/3  --broker\n"))
    #expect(list.output.contains("\nconcurrency"))
    #expect(!list.output.contains("secret"))
  }

  @Test func `a variable that can't be read is a usage error`() async {
    let shell = Shell(environment: ["CELERIAC_PREFETCH": "-1"])

    let outcome = await shell.run("worker")

    #expect(outcome.status == .usage)
    #expect(
      outcome.notes
        == "app: CELERIAC_PREFETCH is '-1'; expected is a whole number from 0 to 1000000")
  }

  @Test func `more tasks at once than there may be are a usage error`() async {
    let outcome = await Shell().run("worker", "-c", "99999999")

    #expect(outcome.status == .usage)
    #expect(
      outcome.notes
        == "app: --concurrency is '99999999'; expected is a whole number from 1 to 100000")
  }

  @Test func `TLS is a usage error`() async {
    let outcome = await Shell().run("status", "--broker", "rediss://host")

    #expect(outcome.status == .usage)
    #expect(outcome.notes.hasPrefix("app: --broker is 'rediss://host'; hiredis 0.14 has no TLS"))
  }

  @Test(arguments: [["frobnicate"], ["call"], ["worker", "--frob"], ["worker", "-c"]])
  func `a command line that makes no sense is a usage error`(words: [String]) async {
    let outcome = await nowhere.run(TestApp.self, words)

    #expect(outcome.status == .usage)
    #expect(outcome.output.isEmpty)
    #expect(!outcome.notes.isEmpty)
  }

  @Test(arguments: ["worker", "beat", "call", "result", "list", "status", "purge", "doctor"])
  func `every command explains itself`(name: String) async {
    let help = await nowhere.run(name, "--help")

    #expect(help.status == .fine)
    #expect(help.output.contains("USAGE: app \(name)"))
  }

  @Test func `without a command, the help is shown`() async {
    let help = await nowhere.run()
    let version = await nowhere.run("--version")

    #expect(help.status == .fine)
    #expect(help.output.contains("app doctor"))
    #expect(version.output == "app 1.2 (Celeriac \(Release.version))")
  }

  @Test func `options of a worker become its configuration`() throws {
    let command = try #require(
      try Root<TestApp>.parseAsRoot([
        "worker", "-c", "3", "-Q", "a,b", "-n", "w@%h", "--prefetch", "0", "--stop-timeout", "5s",
        "--lease", "20", "--unknown-tasks", "requeue", "-B", "-l", "WARN", "-b", "redis://h/1",
        "--visibility", "celery:30m",
      ]) as? WorkerCommand<TestApp>)
    let environment = [
      "SUPERVISE_INSTANCE": "worker.1", "SUPERVISE_ID": "s7", "SUPERVISE_PREDECESSOR": "s5 s6",
    ]
    let session = try Session(
      TestApp.self, flags: command.flags, in: Shell(environment: environment).surroundings())

    let configuration = session.workerConfiguration
    #expect(command.beat)
    #expect(configuration.concurrency == 3)
    #expect(configuration.prefetch == 0)
    #expect(configuration.queues == ["a", "b"])
    #expect(configuration.name.hasPrefix("w@"))
    #expect(configuration.stopTimeout == .seconds(5))
    #expect(configuration.lease == .seconds(20))
    #expect(configuration.unknownTasks == .requeue)
    #expect(configuration.visibility == .celery(timeout: .seconds(1800)))
    #expect(configuration.instance == "s7")
    #expect(configuration.predecessor == "s5 s6")
    #expect(session.settings.logLevel.value == .warning)
    #expect(session.settings.broker.value.description == "redis://h:6379/1")
  }
}
