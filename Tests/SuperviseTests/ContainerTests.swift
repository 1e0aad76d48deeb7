import Glibc
import TestSupport
import Testing

/// `supervise` as the first process of a container: nobody else reaps, nobody else ends the rest.
@Suite(
  .timeLimit(.minutes(1)), .serialized,
  .enabled(if: Supervised.canBeFirst, "this machine lets nobody make a PID namespace"))
struct ContainerTests {
  private func start(_ procfile: String, _ arguments: String...) throws -> Supervised {
    let run = try Supervised(["Procfile": procfile])
    try run.startFirst(["prod"] + arguments)
    return run
  }

  @Test func `it is the first, reaps what others leave, and ends with 0`() throws {
    let run = try start(
      """
      #: restart=never
      parent: sh -c 'for i in 1 2 3; do (sleep 0.$i & ) ; done; echo parent is gone'
      #: ready=none
      watcher: sh -c 'sleep 0.6; echo zombies $(cat /proc/[0-9]*/stat | grep -c " Z "); exec sleep 64'
      """)

    try run.expect("parent is gone")
    try run.expect("zombies 0")
    #expect(run.lines.contains { $0.has("parent started, pid") })
    run.signalFirst(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `it leaves with the code of its process`() throws {
    let run = try start("#: restart=exit\nmain: sh -c 'sleep 0.1; exit 9'\nother: sleep 63")

    #expect(try run.end() == 9)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `killed from outside it takes all along`() throws {
    let run = try start("deaf: sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done'")
    try run.expect("| up")

    run.signalFirst(SIGKILL)

    _ = try run.end()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `killed beside others it takes none of them along`() throws {
    let run = try Supervised([
      "Procfile": "#: stop=100ms\nweb: sh -c 'sleep 71 & echo > up; wait'"
    ])
    try run.start(
      ["prod"],
      byFirst: """
        sleep 72 & beside=$!
        "$@" & supervisor=$!
        until test -e up; do sleep 0.02; done
        kill -9 $supervisor
        while grep -q '(supervise-guard) [^Z]' /proc/[0-9]*/stat; do sleep 0.02; done
        kill -0 $beside && echo the other lives
        grep -lzx 71 /proc/[0-9]*/cmdline || echo its own do not
        """)

    try run.expectAll("the other lives", "its own do not")
    _ = try run.end()
  }

  @Test func `quit from outside, where its pid means another, waits for its end`() throws {
    let run = try start("web: sh -c 'echo up; exec sleep 73'")
    try run.expect("| up")

    #expect(try run.ask("quit").code == 0)

    // The lock is free again, so that the next one can begin.
    #expect(try run.end() == 0)
  }

  @Test func `without /proc it says that it cannot do its work`() throws {
    let run = try Supervised(["Procfile": "web: sleep 74"])
    try run.start(
      ["prod"], under: ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc && \"$@\"", "sh"])

    try run.expect("/proc is not mounted")
    #expect(try run.end() == 71)
  }
}
