import Glibc
import TestSupport

/// `supervise dev` on a terminal of its own, with a person who types.
final class TerminalSession {
  private let master: Int32
  private(set) var pid: pid_t = 0
  private var bytes: [UInt8] = []
  private var unread = 0
  private var status: Int32?

  // Constants of <asm-generic/ioctls.h> and <spawn.h> that Swift is not shown.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
  private static let newSession: Int16 = 0x80

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts it in the folder of another one, whose files it has.
  init(
    in run: Supervised, _ arguments: [String] = ["dev"],
    environment: [String: String] = ["TERM": "xterm"]
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (isLocked, number) = (Int32(0), UInt32(0))
    guard master >= 0, ioctl(master, Self.setLock, &isLocked) == 0,
      ioctl(master, Self.getNumber, &number) == 0
    else { throw Failure(description: "no terminal") }
    let name = "/dev/pts/\(number)"
    var size = winsize(ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)

    // Opened by the leader of a session that has none, a terminal becomes its own.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Self.newSession)
    let words = ["env", "-C", run.folder, "-u", "CI", "NO_COLOR=1"]
    let variables = environment.map { "\($0)=\($1)" }
    var argv =
      (words + variables + [Supervised.builtPath("supervise")] + arguments).map { strdup($0) } + [
        nil
      ]
    defer { for word in argv { free(word) } }
    guard posix_spawnp(&pid, "env", &actions, &attributes, &argv, environ) == 0 else {
      throw Failure(description: "env did not start")
    }
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    close(master)
  }

  func type(_ text: String) { _ = write(master, text, text.utf8.count) }

  /// Whether keys arrive at once and unseen.
  var isTaken: Bool {
    var settings = termios()
    tcgetattr(master, &settings)
    return settings.c_lflag & tcflag_t(ICANON | ECHO) == 0
  }

  /// Waits until it is so.
  func expectTaken(_ taken: Bool) throws {
    for _ in 0..<2000 where isTaken != taken { usleep(5000) }
    guard isTaken == taken else {
      throw Failure(description: "the terminal is \(taken ? "not " : "")taken:\n\(output)")
    }
  }

  /// Reads until this has come; what came before it is done with.
  func expect(_ text: String, within time: Duration = .seconds(20)) throws {
    let end = ContinuousClock.now + time
    let wanted = Array(text.utf8)
    while true {
      if let start = bytes[unread...].start(of: wanted) {
        unread = start + wanted.count
        return
      }
      guard more(until: end) else { throw Failure(description: "no '\(text)' in\n\(output)") }
    }
  }

  var output: String { String(decoding: bytes, as: UTF8.self) }

  /// What has come since the last text that was expected.
  var news: String { String(decoding: bytes[unread...], as: UTF8.self) }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits until it has been halted.
  func expectHalt() throws {
    var status: Int32 = 0
    for _ in 0..<2000 {
      if waitpid(pid, &status, WNOHANG | WUNTRACED) == pid {
        guard status & 0xFF == 0x7F else { break }
        return
      }
      usleep(5000)
    }
    throw Failure(description: "not halted:\n\(output)")
  }

  /// Waits for the end; what it leaves with.
  func end(within time: Duration = .seconds(20)) throws -> Int32 {
    let limit = ContinuousClock.now + time
    while ContinuousClock.now < limit {
      _ = more(until: .now + .milliseconds(20))
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        self.status = status
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
      }
    }
    throw Failure(description: "supervise goes on:\n\(output)")
  }

  /// Reads some more; false when the time is over, or nobody writes any more.
  private func more(until end: ContinuousClock.Instant) -> Bool {
    let left = end - .now
    var poll = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard left > .zero, Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1) == 1 else {
      return false
    }
    var part = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(master, &part, part.count)
    if count > 0 { bytes += part[..<count] }
    return count > 0
  }
}

extension ArraySlice<UInt8> {
  fileprivate func start(of text: [UInt8]) -> Int? {
    guard count >= text.count else { return nil }
    return (startIndex...(endIndex - text.count)).first { self[$0...].starts(with: text) }
  }
}
