import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)), .serialized)
struct LiveProcessTests {
  private func spawn(_ words: String..., by spawner: Spawner) throws -> Spawned {
    try spawner.spawn(
      SpawnRequest(arguments: words, environment: .current(), directory: "/"))
  }

  private func ended(_ pid: pid_t) -> Bool { waitpid(pid, nil, WNOHANG) == pid }

  @Test(.enabled(if: access("/proc/sys/kernel/ns_last_pid", W_OK) == 0, "pids cannot be chosen"))
  func `a signal does not reach another one that has the same pid by now`() throws {
    let spawner = try Spawner()
    // Others start processes as well, and may be faster.
    for _ in 0..<100 {
      let first = try spawn("/bin/true", by: spawner)
      let process = LiveProcess(id: "1", name: "first", owner: .build, spawned: first, now: .now)
      waitpid(first.pid, nil, 0)
      choose(nextPid: first.pid)
      let other = try spawn("/bin/sleep", "60", by: spawner)
      defer {
        kill(other.pid, SIGKILL)
        waitpid(other.pid, nil, 0)
      }
      guard other.pid == first.pid else { continue }

      process.send(.init(number: SIGKILL, group: false))

      usleep(50_000)
      #expect(!ended(other.pid))
      return
    }
    Issue.record("no process has got the pid of another one")
  }

  private func choose(nextPid pid: pid_t) {
    let file = open("/proc/sys/kernel/ns_last_pid", O_WRONLY)
    let text = "\(pid - 1)"
    _ = write(file, text, text.utf8.count)
    close(file)
  }

  @Test func `one that has left its group is reached all the same`() throws {
    let spawner = try Spawner()
    let script = "import os,time; os.setpgid(0, \(getpgid(0))); time.sleep(60)"
    let spawned = try spawn("/usr/bin/env", "python3", "-c", script, by: spawner)
    let process = LiveProcess(
      id: "1", name: "deserter", owner: .build, spawned: spawned, now: .now)
    while getpgid(spawned.pid) == spawned.pid { usleep(1000) }

    process.send(.init(number: SIGKILL, group: true))

    #expect(waitpid(spawned.pid, nil, 0) == spawned.pid)
  }

  @Test func `a stop wakes one that is halted`() throws {
    let spawner = try Spawner()
    let spawned = try spawn("/bin/sleep", "60", by: spawner)
    let process = LiveProcess(id: "1", name: "halted", owner: .build, spawned: spawned, now: .now)
    kill(spawned.pid, SIGSTOP)

    process.send(.init(number: SIGTERM, group: false))

    var status: Int32 = 0
    #expect(waitpid(spawned.pid, &status, 0) == spawned.pid)
    #expect(status & 0x7F == SIGTERM)
  }
}
