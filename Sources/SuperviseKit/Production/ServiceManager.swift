import CLinux
import Glibc

/// The service manager above, where there is one: systemd, by its notification socket.
///
/// It is told when all are ready, what is amiss, and that the supervisor still gets on. Nothing
/// of this is passed on to the processes: what they say is said to the supervisor.
struct ServiceManager {
  typealias Instant = ContinuousClock.Instant

  /// The variables by which it makes itself known, meant for one process only.
  static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  private let socket: Descriptor
  private let address: UnixAddress
  /// How often it wants to hear that the supervisor gets on; nil if it does not.
  private let interval: Duration?
  private var nextSign: Instant?
  private var status = ""
  private var isReady = false

  /// nil where nobody wants to be told.
  init?(_ environment: Environment, pid: pid_t = getpid(), now: Instant) {
    guard let path = environment["NOTIFY_SOCKET"], let address = UnixAddress(path) else {
      return nil
    }
    let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
    guard number >= 0 else { return nil }
    socket = Descriptor(number)
    self.address = address
    interval = Self.interval(environment, pid: pid)
    nextSign = interval.map { now + $0 }
  }

  /// Half of the time after which it would take the supervisor for hung.
  static func interval(_ environment: Environment, pid: pid_t) -> Duration? {
    guard let text = environment["WATCHDOG_USEC"], let limit = Int(text), limit > 0 else {
      return nil
    }
    guard environment["WATCHDOG_PID"].map({ $0 == String(pid) }) ?? true else { return nil }
    return .microseconds(limit / 2)
  }

  /// When the next sign of life is due.
  var deadline: Instant? { nextSign }

  mutating func passTime(to now: Instant) {
    guard let due = nextSign, let interval, now >= due else { return }
    nextSign = now + interval
    send("WATCHDOG=1")
  }

  /// Tells how things are, if that is news.
  mutating func tell(_ status: String, ready: Bool) {
    var lines: [String] = []
    if ready, !isReady {
      isReady = true
      lines += ["READY=1", "MAINPID=\(getpid())"]
    }
    if status != self.status {
      self.status = status
      lines.append("STATUS=" + status)
    }
    if !lines.isEmpty { send(lines.joined(separator: "\n")) }
  }

  /// The next ``tell(_:ready:)`` with all ready says that it is over.
  mutating func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    isReady = false
    send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
  }

  mutating func stopping(because reason: String) {
    isReady = true
    status = "stopping: " + reason
    send("STOPPING=1\nSTATUS=" + status)
  }

  /// One that does not listen is not waited for.
  private func send(_ text: String) {
    address.use { address, size in
      _ = sendto(socket.number, text, text.utf8.count, Int32(MSG_NOSIGNAL), address, size)
    }
  }
}

/// Where a socket of this machine is: a path, or with `@` a name that no file system has.
struct UnixAddress {
  private var address = sockaddr_un()
  private var size: socklen_t = 0

  /// nil when it is longer than such a name can be.
  init?(_ path: String) {
    guard path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
    var bytes = Array(path.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let start = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 0
    size = socklen_t(start + bytes.count)
  }

  func use(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }
}
