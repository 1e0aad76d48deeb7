import Foundation
import TestSupport
import Testing

/// What becomes of an edit in the example, with the real compiler.
@Suite(.timeLimit(.minutes(30)))
struct ExampleReloadTests {
  @Test func `an edit runs, an error stops nothing, Ctrl-C leaves nothing`() async throws {
    try await onOwnThread { try ExampleReload().run() }
  }
}

/// What happens to one `supervise dev`, in order.
private final class ExampleReload {
  private static let source = "Sources/task_manager/Tasks/RunningEvery30Seconds.swift"
  private static let text = "Running Every 30 Seconds!"
  private static let executable = ".build/debug/task_manager"
  /// A copy of the first build: the other one is gone while it cannot be linked.
  private static let client = ".build/debug/client"
  private static let symbol = "celeriac_no_such_symbol"

  private let copy: ExampleCopy
  private let supervised: Supervised
  private let program: Command
  private let beats: BeatWatch
  /// The last known process of each worker.
  private var workers: [String: pid_t] = [:]
  private var figures: [String] = []

  init() throws {
    copy = try ExampleCopy()
    let environment = ["CELERIAC_BROKER_URL": "redis://127.0.0.1:\(copy.port)/0"]
    supervised = Supervised(in: copy.folder.path, environment: environment)
    program = Command(
      words: [copy.path(Self.client)], folder: copy.folder.path, environment: environment)
    beats = BeatWatch(in: copy.folder.path)
  }

  func run() throws {
    defer { _ = beats.finish() }
    try start()
    try callAndSee(Self.text)
    try editWhileATaskRuns()
    try breakAndRepair()
    try breakTheLink(saying: "undefined reference to '\(Self.symbol)'", running: "again")
    try killOne(running: "again")
    try repairTheLink(saying: "with lld") {
      let package = try copy.read("Package.swift")
      try copy.write(Self.linkedByLLD(package), to: "Package.swift")
    }
    #expect(try copy.read(Self.executable, holds: "Linker: LLD"))
    try breakTheLink(saying: "undefined symbol: \(Self.symbol)", running: "with lld")
    try repairTheLink(saying: "at last")
    try stop()
    for figure in figures { print("figure: \(figure)") }
  }

  private func start() throws {
    let began = Date()
    try supervised.start("dev", "-c", "worker=2")
    // The first build of all compiles swift-syntax.
    try supervised.expect("built in", within: .seconds(1500))
    try copy.duplicate(Self.executable, as: Self.client)
    try noteStarts {
      try supervised.expectAll("worker.1 is ready", "worker.2 is ready", "beat is ready")
    }
    figure("start of supervise dev, with its build, to all ready", since: began)
  }

  private func callAndSee(_ text: String) throws {
    #expect(try program.run("call", "task_manager.runningEvery30Seconds", "--wait", "30") == "null")
    try supervised.expect("| \(text)")
  }

  /// The old worker finishes what it has in hand, while the new one serves.
  private func editWhileATaskRuns() throws {
    let gate = NSTemporaryDirectory() + "gate-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: gate) }
    let id = try program.run("call", "task_manager.holdUntil", "--args", "[\"\(gate)\"]")
    let holder = try #require(try supervised.expect("held by").number(after: "held by "))
    #expect(workers.values.contains(holder))
    let former = Set(workers.values)

    try edit { $0.replacing("Seconds!", with: "Seconds, anew!") }
    let report = try awaitReload("first edit")

    #expect(report.has("task_manager changed, worker 2/2 in"))
    #expect(former.isDisjoint(with: workers.values))
    try callAndSee("Running Every 30 Seconds, anew!")
    #expect(kill(holder, 0) == 0)
    #expect(FileManager.default.createFile(atPath: gate, contents: nil))
    #expect(try program.run("result", id, "--wait", "30") == "\(holder)")
    #expect(try eventually { kill(holder, 0) != 0 })
    #expect(supervised.lines.count { $0.has("held by") } == 1)
  }

  private func breakAndRepair() throws {
    let running = workers

    try edit { $0.replacing("print(", with: "prinnt(") }
    try supervised.expect("error: cannot find 'prinnt' in scope", within: .seconds(300))
    try supervised.expect("the build failed (exit code 1)", within: .seconds(300))

    try program.run("call", "task_manager.runningEvery30Seconds", "--wait", "30")
    try supervised.expect("Running Every 30 Seconds, anew!")
    for pid in running.values { #expect(kill(pid, 0) == 0) }

    try edit { $0.replacing("prinnt(", with: "print(").replacing("anew", with: "again") }
    try awaitReload("repair")
    try callAndSee("Running Every 30 Seconds, again!")
    #expect(Set(running.values).isDisjoint(with: workers.values))
  }

  /// The linker takes the old executable away and brings no new one.
  private func breakTheLink(saying message: String, running text: String) throws {
    let running = workers

    try edit {
      $0 + """
        @_silgen_name("\(Self.symbol)") private func noSuchSymbol()
        func unlinkable() { noSuchSymbol() }

        """
    }
    try supervised.expect(message, within: .seconds(300))
    try supervised.expect("the build failed (exit code 1)", within: .seconds(300))

    #expect(!FileManager.default.fileExists(atPath: copy.path(Self.executable)))
    try callAndSee("Running Every 30 Seconds, \(text)!")
    for pid in running.values { #expect(kill(pid, 0) == 0) }
  }

  private func repairTheLink(saying text: String, after change: () throws -> Void = {}) throws {
    let running = workers

    try change()
    try edit { broken in
      let end = broken.range(of: "@_silgen_name")?.lowerBound ?? broken.endIndex
      return String(broken[..<end]).replacing(/Seconds, .*!/, with: "Seconds, \(text)!")
    }
    try awaitReload("repaired link, \(text)")
    try callAndSee("Running Every 30 Seconds, \(text)!")
    #expect(Set(running.values).isDisjoint(with: workers.values))
  }

  /// The package with the example linked by the toolchain's own linker instead of gold.
  private static func linkedByLLD(_ package: String) -> String {
    guard let target = package.range(of: "name: \"task_manager\",\n"),
      let settings = package[target.upperBound...].range(of: "swiftSettings: strict")
    else { return package }
    return package.replacingCharacters(
      in: settings,
      with: "swiftSettings: strict, linkerSettings: [.unsafeFlags([\"-use-ld=lld\"])]")
  }

  /// There is no executable at the path now: it starts from the one that was kept open.
  private func killOne(running text: String) throws {
    let pid = try #require(workers["worker.1"])

    kill(pid, SIGKILL)

    try supervised.expect("worker.1 ended: SIGKILL; starting it again")
    try noteStarts { try supervised.expect("worker.1 is ready") }
    #expect(workers["worker.1"] != pid)
    try callAndSee("Running Every 30 Seconds, \(text)!")
  }

  private func stop() throws {
    let began = Date()
    supervised.signal(SIGINT)

    #expect(try supervised.end(within: .seconds(60)) == 0)
    figure("Ctrl-C to the end", since: began)
    #expect(supervised.survivorsAfterWaiting() == [])
    let beats = beats.finish()
    #expect(beats.atOnce == 1)
    // The first, and one for each reload.
    #expect(beats.inAll == 5)
  }

  private func edit(_ change: (String) -> String) throws {
    let text = try copy.read(Self.source)
    let changed = change(text)
    #expect(changed != text)
    try copy.write(changed, to: Self.source)
  }

  /// From the saved source to the report of the reload.
  @discardableResult
  private func awaitReload(_ name: String) throws -> String {
    let saved = try copy.modified(Self.source)
    let report = try noteStarts { try supervised.expect("reload #", within: .seconds(300)) }
    let linked = try copy.modified(Self.executable)
    figure("\(name): saved to linked", since: saved, until: linked)
    figure("\(name): linked to all processes reloaded", since: linked)
    figures.append("\(name): \(report)")
    return report
  }

  /// Learns from the log which process each worker is.
  @discardableResult
  private func noteStarts<Result>(_ read: () throws -> Result) throws -> Result {
    let result = try read()
    for line in supervised.lines {
      for name in ["worker.1", "worker.2"] {
        if let pid = line.number(after: "\(name) started, pid ") { workers[name] = pid }
      }
    }
    return result
  }

  private func eventually(_ isMet: () throws -> Bool) throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if try isMet() { return true }
      usleep(5000)
    }
    return false
  }

  private func figure(_ what: String, since began: Date, until end: Date = Date()) {
    figures.append("\(what): \((end.timeIntervalSince(began) * 1000).rounded() / 1000) s")
  }
}
