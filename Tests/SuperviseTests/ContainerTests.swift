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
}
