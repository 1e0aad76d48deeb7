import CeleriacRedis
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import CeleriacCLI

/// Every command against a Redis that is there and does not do what it should.
@Suite(.timeLimit(.minutes(1)))
struct TroubleTests {
  private static let call = ["call", "math.add", "--args", "[1, 1]"]

  // One line that says what is wrong, and the status for a broker that does not do its work.
  private func expect(
    _ outcome: Shell.Outcome, says text: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == .unreachable, sourceLocation: sourceLocation)
    #expect(outcome.notes.contains(text), sourceLocation: sourceLocation)
    #expect(!outcome.notes.contains("unexpected"), sourceLocation: sourceLocation)
    #expect(
      outcome.notes.split(separator: "\n").count == 1, "\(outcome.notes)",
      sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
  }

  private func command(_ server: RedisServer, _ words: String...) async throws {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    var batch = RedisBatch()
    batch.append(arguments: words.count) { writer in
      for word in words { writer.append(word) }
    }
    _ = try await connection.send(batch)[0].orThrow()
  }

  @Test func `a full memory is what it is, with what to do`() async throws {
    let full = try await RedisServer.start(options: ["--maxmemory", "500kb"])

    let called = await Shell(full).run(TestApp.self, Self.call)
    let doctor = await Shell(full).run("doctor")

    expect(called, says: "its memory is full (maxmemory) and it takes nothing more; raise")
    #expect(doctor.status == .refused)
    #expect(doctor.output.contains("✗ broker, memory: "))
    #expect(doctor.output.contains("it takes no message; raise maxmemory"))
  }

  @Test func `a replica is what it is, to those who would write`() async throws {
    let replica = try await RedisServer.start(.tcp, options: ["--replicaof", "127.0.0.1", "1"])

    let called = await Shell(replica).run(TestApp.self, Self.call)
    let status = await Shell(replica).run("status")
    let doctor = await Shell(replica).run("doctor")

    expect(called, says: "it is a replica and takes no writes; name its primary")
    #expect(status.status == .refused, "reading is fine; there is no worker")
    #expect(doctor.status == .refused)
    #expect(doctor.output.contains("✗ broker, role: a replica of 127.0.0.1:1, which takes no"))
  }

  @Test func `a queue whose key is something else is named`() async throws {
    let server = try await RedisServer.start()
    try await command(server, "SET", "celery", "mine")

    for words in [Self.call, ["status"], ["purge", "--force"]] {
      let outcome = await Shell(server).run(TestApp.self, words)
      expect(outcome, says: "key 'celery' is a string and has to be a list")
    }
    let doctor = await Shell(server).run("doctor")
    #expect(doctor.status == .refused)
    #expect(doctor.output.contains("✗ broker, keys: key 'celery' is a string"))
  }

  @Test func `a result whose key is something else is named`() async throws {
    let server = try await RedisServer.start()
    try await command(server, "LPUSH", "celery-task-meta-x", "mine")

    let outcome = await Shell(server).run("result", "x")

    expect(outcome, says: "key 'celery-task-meta-x' is a list and has to be a string")
  }

  @Test func `a server that loads its data is waited for by nobody but workers`() async throws {
    let server = try await RedisServer.start(
      options: ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"])
    try await fill(server, 9000)
    server.kill()
    try server.launch()
    let shell = Shell(server)
    #expect(try await eventually { await shell.run("status").notes.contains("loading its data") })

    for words in [Self.call, ["result", "x"], ["purge"]] {
      expect(await shell.run(TestApp.self, words), says: "it is loading its data and answers")
    }
    let doctor = await shell.run("doctor")
    #expect(doctor.status == .unreachable)
    #expect(doctor.output.contains("it is loading its data"))
  }

  private func fill(_ server: RedisServer, _ count: Int) async throws {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    var batch = RedisBatch()
    for number in 0..<count { batch.append("SET", "key:\(number)", "x") }
    _ = try await connection.send(batch)
  }

  @Test func `a disk that takes no snapshot is what it is`() async throws {
    let server = try await RedisServer.start(options: ["--save", "3600 1"])
    // Where the snapshot would be put there is a folder, which no file can replace.
    let folder = server.socketPath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    mkdir("\(folder)/dump.rdb", 0o700)
    try await command(server, "BGSAVE")
    let shell = Shell(server)
    #expect(try await eventually { await shell.run("doctor").output.contains("✗ broker, snap") })

    let called = await shell.run(TestApp.self, Self.call)
    let doctor = await shell.run("doctor")

    expect(called, says: "it takes no writes because it can't save its data to disk")
    #expect(doctor.output.contains("so no message is taken (stop-writes-on-bgsave-error)"))
  }

  @Test func `a user who may not write is told what is missing`() async throws {
    let server = try await RedisServer.start(users: ["bo on >pw ~* &* +@read +@connection"])
    let shell = Shell(environment: [
      "CELERIAC_BROKER_URL": server.url(user: "bo", password: "pw")
    ])

    expect(await shell.run(TestApp.self, Self.call), says: "this user may not do that (NOPERM")
  }

  @Test func `a user who may not hear of revocations is told what that means`() async throws {
    let server = try await RedisServer.start(users: ["bo on >pw ~* resetchannels +@all"])
    let shell = Shell(environment: [
      "CELERIAC_BROKER_URL": server.url(user: "bo", password: "pw")
    ])

    let doctor = await shell.run("doctor")

    #expect(doctor.output.contains("! revocations: no worker can hear of them"))
    #expect(doctor.output.contains("NOPERM"))
    #expect(await !Shell(server).run("doctor").output.contains("revocations"))
  }

  @Test func `a server that goes while purge asks is one line`() async throws {
    let server = try await RedisServer.start()
    _ = await Shell(server).run(TestApp.self, Self.call)
    var shell = Shell(server)
    shell.onQuestion = {
      server.kill()
      return true
    }

    let purge = await shell.run("purge", "celery")

    #expect(purge.status == .unreachable)
    let last = purge.notes.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("app: Redis at unix://"))
    #expect(last.hasSuffix("'app doctor' looks closer"))
  }

  @Test func `a server that goes while a result is awaited is one line`() async throws {
    let server = try await RedisServer.start()
    let shell = Shell(server)
    let going = Task {
      try await Task.sleep(for: .milliseconds(300))
      server.kill()
    }

    let result = await shell.run("result", "x", "--wait", "1")
    try await going.value

    expect(result, says: "app: Redis at unix://")
  }
}
