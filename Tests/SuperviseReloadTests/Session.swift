import Glibc
import TestSupport
import Testing

/// A `supervise dev` over executables that somebody else builds, and who runs in it.
final class Session {
  let run: Supervised
  /// The process of each place, as the log tells.
  private(set) var pids: [String: pid_t] = [:]
  private var reloads = 0
  private var linesSeen = 0

  /// Two workers of one executable, a beat of another, and one that no build has to do with.
  static func procfile(_ folder: String) -> String {
    """
    #: ready=fd
    worker: \(folder)/demo
    #: ready=fd
    beat: \(folder)/tool
    other: sleep 99

    """
  }

  init(_ package: TinyPackage, executables: String? = nil, _ arguments: String...) throws {
    let folder = executables ?? ".build/\(package.configuration)"
    try package.write(Self.procfile(folder), to: "Procfile")
    run = Supervised(in: package.folder)
    try run.start(["dev", "--no-build", "-c", "worker=2"] + arguments)
    try run.expectAll(
      "worker.1 is ready", "worker.2 is ready", "beat is ready", "other started", "demo says",
      "demo says", "tool says")
    note()
  }

  /// Waits for the next reload, which is to replace these and no others, each by one process.
  func expectReload(of changed: String, replacing names: Set<String>) throws {
    let before = pids
    reloads += 1
    // Whatever reloads there were in between would have taken this number.
    let report = try run.expect("reload #", within: .seconds(60))
    #expect(report.has("reload #\(reloads): \(changed) changed"), "\(report)")
    #expect(!report.has("failed"), "\(report)")
    note()
    for (name, pid) in pids {
      #expect(names.contains(name) == (before[name] != pid), "\(name) after: \(report)")
    }
  }

  /// Everybody still runs, as the process that ran before.
  func expectAllAlive() {
    note()
    for (name, pid) in pids { #expect(kill(pid, 0) == 0, "\(name) is gone:\n\(run.output)") }
  }

  /// A process dies, and is back.
  func crash(_ name: String) throws {
    note()
    let pid = try #require(pids[name])
    kill(pid, SIGKILL)
    try run.expect("\(name) ended: SIGKILL; starting it again")
    try run.expect("\(name) is ready")
    note()
    #expect(pids[name] != pid)
  }

  /// Ends it, and looks at how all of them have ended.
  func finish(killed: Int = 0) throws {
    note()
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
    let lines = run.lines
    // A half-written file that is started dies of it, or says nothing.
    #expect(lines.count { $0.has(" ended: ") } == killed, "\(run.output)")
    #expect(
      lines.count { $0.has("worker.") && $0.has(" started, pid") }
        == lines.count {
          $0.has("demo says")
        })
    #expect(!lines.contains { $0.has("has not ended; sending") })
  }

  /// Learns from the log which process each place has.
  private func note() {
    let lines = run.lines
    for line in lines.dropFirst(linesSeen) {
      for name in ["worker.1", "worker.2", "beat", "other"] {
        if let pid = line.number(after: " \(name) started, pid ") { pids[name] = pid }
      }
    }
    linesSeen = lines.count
  }
}
