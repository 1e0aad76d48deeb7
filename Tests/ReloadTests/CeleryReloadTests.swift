import Foundation
import TestSupport
import Testing

/// A program that is not Swift: Celery's own worker, restarted when its source is saved.
@Suite(.timeLimit(.minutes(3)))
struct CeleryReloadTests {
  @Test func `a saved module runs at once, and the old worker finishes its task`() async throws {
    let server = try await RedisServer.start(.tcp)
    try await onOwnThread {
      try Self.reload(broker: server.url)
      server.stop()
    }
  }

  private static func reload(broker: String) throws {
    let (run, python) = try start(broker: broker, watching: "*.py")
    try run.expect("worker is ready", within: .seconds(60))
    #expect(try python.run(say) == "one")

    let id = try python.run("import app; print(app.hold.delay().id)")
    let holder = try #require(try run.expect("held by").number(after: "held by "))
    try run.write(module(saying: "another"), to: "app.py")
    try run.expect("reload #1: app.py changed, worker in", within: .seconds(60))

    #expect(try python.run(say) == "another")
    #expect(kill(holder, 0) == 0)
    try run.write("", to: "gate")
    let result = "import app; print(app.app.AsyncResult('\(id)').get(timeout=30))"
    #expect(try python.run(result) == "one, by \(holder)")
    #expect(run.lines.count { $0.has("held by") } == 1)
    #expect(!run.output.has("DuplicateNodenameWarning"))
    run.signal(SIGINT)
    #expect(try run.end(within: .seconds(60)) == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a module that cannot be imported leaves the old worker at work`() async throws {
    let server = try await RedisServer.start(.tcp)
    try await onOwnThread {
      try Self.breakAndMend(broker: server.url)
      server.stop()
    }
  }

  private static func breakAndMend(broker: String) throws {
    let (run, python) = try start(broker: broker, watching: "app.py")
    let holder = try #require(try run.expect("worker started, pid ").number(after: "pid "))
    try run.expect("worker is ready", within: .seconds(60))

    try run.write(module(saying: "one") + "\nthis is no Python", to: "app.py")
    try run.expect("SyntaxError", within: .seconds(60))
    try run.expect("worker failed on the new build", within: .seconds(60))
    #expect(kill(holder, 0) == 0)
    // What sends is to import a module that works.
    try run.write(module(saying: "two"), to: "app.py")
    try run.expect("reload #2: app.py changed, worker in", within: .seconds(60))
    #expect(try python.run(say) == "two")

    run.signal(SIGINT)
    #expect(try run.end(within: .seconds(60)) == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  /// A worker of its own for each test, and a Python that can call it.
  private static func start(
    broker: String, watching pattern: String
  ) throws -> (Supervised, Command) {
    let bin = ExampleCopy.repository.appending(path: ".venv/bin").path
    try #require(
      FileManager.default.isExecutableFile(atPath: bin + "/celery"), "run script/python first")
    let environment = ["BROKER": broker, "PATH": bin + ":/usr/local/bin:/usr/bin:/bin"]
    let worker = "celery -A app worker -l info -c 1 -n $SUPERVISE_ID@%h"
    let run = try Supervised(
      [
        "Procfile": "#: ready=fd stop=TERM:30s\nworker: \(worker)",
        "app.py": module(saying: "one"),
      ], environment: environment)
    let python = Command(
      words: [bin + "/python", "-c"], folder: run.folder, environment: environment)
    try run.start("dev", "--no-build", "--watch", pattern)
    return (run, python)
  }

  // A Celery worker that is told to stop may still take a call with the request it has open, and
  // hands it back when it ends: hence not once, but until one is answered.
  private static let say = """
    import app
    for _ in range(20):
        try:
            print(app.say.delay().get(timeout=2))
            break
        except app.TimeoutError:
            pass
    """

  private static func module(saying word: String) -> String {
    """
    import os, time
    from celery import Celery
    from celery.exceptions import TimeoutError
    from celery.signals import worker_ready

    app = Celery("app", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
    app.conf.worker_prefetch_multiplier = 1

    @worker_ready.connect
    def tell(**_):
        if "SUPERVISE_STATUS_FD" in os.environ:
            os.write(int(os.environ["SUPERVISE_STATUS_FD"]), b"READY=1\\n")

    @app.task
    def say():
        return "\(word)"

    @app.task
    def hold():
        print(f"held by {os.getpid()} ", flush=True)
        while not os.path.exists("gate"):
            time.sleep(0.01)
        return f"\(word), by {os.getpid()}"
    """
  }
}
