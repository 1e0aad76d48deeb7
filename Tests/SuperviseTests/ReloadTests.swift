import Glibc
import TestSupport
import Testing

/// Reloads of real executables: copies of the shell, with a script that plays the program.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ReloadTests {
  private static let files = [
    "Procfile": """
    #: ready=fd
    worker: ./out/app worker.sh
    beat: ./out/app beat.sh
    redis: sleep 83
    """,
    "worker.sh": """
    if [ -e crash ]; then echo crashing; exit 7; fi
    trap 'echo finishing; sleep 0.2; echo finished; exit 0' TERM
    echo "runs $(cat version) pid=$$"; echo READY=1 >&3
    while :; do sleep 0.01; done
    """,
    "beat.sh": """
    trap 'echo beat stops; exit 0' TERM
    echo "beats $(cat version)"; echo READY=1 >&3
    while :; do sleep 0.01; done
    """,
    "version": "one",
    "link": """
    #!/bin/sh
    # As a linker: the old one goes first, the new one is other bytes every time.
    mkdir -p out; rm -f out/app
    { cat /bin/dash; date +%N; } > out/.new; chmod +x out/.new; mv out/.new out/app
    """,
  ]

  private func link(_ run: Supervised) {
    system("cd \(run.folder) && ./link")
  }

  @Test func `a new executable replaces its processes and no others`() throws {
    let run = try Supervised(Self.files)
    link(run)
    try run.start("dev", "-c", "worker=2")
    try run.expectAll("runs one", "runs one", "beats one")

    try run.write("two", to: "version")
    link(run)

    let report = try run.expect("reload #1: app changed")
    #expect(report.has("worker 2/2 in"))
    #expect(report.has("beat in"))
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    let lines = run.lines
    #expect(lines.count { $0.has("runs two") } == 2)
    #expect(lines.count { $0.has("redis started") } == 1)
    // A worker is there before the old one is told to finish; beat ends before it starts.
    #expect(try lines.order("runs two", "finishing"))
    #expect(try lines.order("beat stops", "beats two"))
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a build that crashes leaves the old processes alone`() throws {
    let run = try Supervised(Self.files)
    link(run)
    try run.start("dev", "-c", "worker=2")
    try run.expectAll("runs one", "runs one", "beats one")

    try run.write("", to: "crash")
    link(run)

    let report = try run.expect("reload #1")
    #expect(report.has("worker.1 failed on the new build (exit code 7)"))
    #expect(report.has("still on the previous one"))
    #expect(!run.output.has("finishing"))
    #expect(!run.output.has("beat stops"))

    unlink(run.path("crash"))
    try run.write("two", to: "version")
    link(run)
    try run.expect("reload #2: app changed, worker 2/2")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `a crash while the executable is away is made good from the last build`() throws {
    let run = try Supervised(Self.files)
    link(run)
    try run.start("dev", "worker")
    let pid = try #require(try run.expect("runs one").number(after: "pid="))

    unlink(run.path("out/app"))
    kill(pid, SIGKILL)

    try run.expect("starting it again")
    try run.expect("runs one")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `one more starts from the last build while the executable is away`() throws {
    let run = try Supervised(Self.files)
    link(run)
    try run.start("dev")
    try run.expectAll("runs one", "beats one")

    unlink(run.path("out/app"))
    try run.expect("out/app is gone")
    try run.ask("scale", "worker=2").expectSuccess()

    try run.expect("worker.2: out/app is not there; it starts from the last good one")
    try run.expect("runs one")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `reloads one after the other pile up no processes that still have a task`() throws {
    var files = Self.files
    files["worker.sh"] = """
      asked=0
      trap 'asked=$((asked + 1)); [ $asked = 1 ] || exit 0; echo "finishing $$"' TERM
      echo "runs $(cat version) pid=$$"; echo READY=1 >&3
      while :; do sleep 0.01; done
      """
    let run = try Supervised(files)
    link(run)
    try run.start("dev", "worker")
    let first = try #require(try run.expect("runs one").number(after: "pid="))
    try run.write("two", to: "version")
    link(run)
    try run.expectAll("runs two", "finishing \(first)")

    try run.write("three", to: "version")
    link(run)

    try run.expect("worker pid \(first) still finishes what it had in hand before the last reload")
    try run.expect("runs three")
    // Which is not before the first one is gone.
    #expect(kill(first, 0) != 0)
    run.signal(SIGQUIT)
    _ = try run.end()
  }

  @Test func `what is not built yet starts when it is`() throws {
    let run = try Supervised(Self.files)
    mkdir(run.path("out"), 0o755)
    try run.start("dev", "worker")
    try run.expect("worker: out/app is not there; it starts when it has been built")

    link(run)

    try run.expect("runs one")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `a saved source is built, and a failed build changes nothing`() throws {
    var files = Self.files
    files["src/main"] = "one"
    files["build"] = """
      #!/bin/sh
      if grep -q broken src/main; then
        # As a linker: it takes the old one away before it knows that there will be no new one.
        rm -f out/app; echo "src/main: it is broken" >&2; exit 1
      fi
      cp src/main version
      ./link
      """
    let run = try Supervised(files)
    try run.start("dev", "--build", "./build", "--watch", "src/**")
    try run.expectAll("runs one", "beats one")

    try run.write("broken", to: "src/main")
    try run.expect("src/main changed; ./build")
    try run.expect("src/main: it is broken")
    try run.expect("the build failed (exit code 1)")
    #expect(!run.output.has("finishing"))

    try run.write("two", to: "src/main")
    try run.expectAll("runs two", "reload #1: app changed")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a failed build is red where there are colours`() throws {
    var files = Self.files
    files["src/main"] = "broken"
    let run = try Supervised(files)
    try run.start("dev", "--build", "false", "--watch", "src/**", "--color", "always")

    try run.expect("\u{1B}[31mthe build failed (exit code 1)")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }
}

extension [String] {
  /// Whether the first line with one text comes before the first with the other.
  func order(_ first: String, _ second: String) throws -> Bool {
    let one = try #require(firstIndex { $0.has(first) })
    let two = try #require(firstIndex { $0.has(second) })
    return one < two
  }
}
