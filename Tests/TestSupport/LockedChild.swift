internal import Glibc
internal import Synchronization

/// A child process that never outlives this one.
///
/// A second child, the guard, reads a pipe whose other end is here: when this process dies, however
/// that happens, the pipe ends and the guard kills.
final class LockedChild: Sendable {
  private struct Running {
    let pid: Int32
    let guardian: Int32
    let lifeline: Int32
  }

  private let running = Mutex<Running?>(nil)

  var pid: Int32? { running.withLock { $0?.pid } }

  /// Whether the child runs no more; it stays for `end` to be reaped.
  var hasEnded: Bool {
    guard let pid else { return true }
    var info = siginfo_t()
    let code = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    return code != 0 || info.si_signo == SIGCHLD
  }

  func start(_ arguments: [String]) throws {
    end(SIGKILL)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure("pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let pid = try Self.spawn(arguments)
    let guardian = try Self.spawn(
      ["sh", "-c", "trap '' INT TERM; read -r end && exit; kill -9 \(pid)"], input: ends[0])
    close(ends[0])
    running.withLock { $0 = Running(pid: pid, guardian: guardian, lifeline: ends[1]) }
  }

  func signal(_ signal: Int32) {
    running.withLock { running in
      if let running { _ = Glibc.kill(running.pid, signal) }
    }
  }

  /// Sends a signal and waits for the end.
  func end(_ signal: Int32) {
    guard let child = running.withLock({ $0.take() }) else { return }
    _ = Glibc.kill(child.pid, signal)
    if signal != SIGKILL { _ = Glibc.kill(child.pid, SIGCONT) }
    Self.reap(child.pid)
    _ = "\n".withCString { write(child.lifeline, $0, 1) }
    close(child.lifeline)
    Self.reap(child.guardian)
  }

  private static func reap(_ pid: Int32) {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }

  private static func spawn(_ arguments: [String], input: Int32? = nil) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var pid: Int32 = 0
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    // Threads that run tasks block signals, and a child would go on doing so.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &words, environ)
    guard code == 0 else { throw failure("posix_spawn \(arguments[0])", code) }
    return pid
  }
}

private func failure(_ call: String, _ code: Int32) -> RedisServer.Failure {
  RedisServer.Failure(description: "\(call): \(String(cString: strerror(code)))")
}
