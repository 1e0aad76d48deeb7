import Glibc

/// Tells a supervisor how this process is, in the words of `sd_notify`.
///
/// Under `supervise` they go into a pipe, under systemd to a socket, and without either nowhere. What
/// cannot be told at once is not told: no supervisor ever holds up the work.
struct StatusPipe: Sendable {
  private enum Channel {
    case none
    case pipe(Int32)
    case socket(Int32, SocketAddress)
  }

  private let channel: Channel

  /// Takes over the descriptor or the socket that the environment names.
  init(_ supervision: Supervision) {
    if let descriptor = supervision.statusDescriptor,
      Self.prepare(descriptor)
    {
      channel = .pipe(descriptor)
    } else if let address = supervision.notifySocket.flatMap({ SocketAddress(path: $0) }) {
      let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      let descriptor = socket(AF_UNIX, kind, 0)
      channel = descriptor < 0 ? .none : .socket(descriptor, address)
    } else {
      channel = .none
    }
  }

  /// The process does its work from now on.
  func ready() { tell("READY=1") }

  /// What the process does, for people.
  func status(_ text: String) {
    tell("STATUS=\(text.split(whereSeparator: \.isNewline).joined(separator: " "))")
  }

  /// How many tasks are in hand.
  func busy(_ count: Int) { tell("BUSY=\(count)") }

  /// The process takes nothing more and ends soon.
  func stopping() { tell("STOPPING=1") }

  private func tell(_ line: String) {
    switch channel {
    case .none: return
    case .pipe(let descriptor):
      let bytes = Array("\(line)\n".utf8)
      BrokenPipe.ignoring { _ = write(descriptor, bytes, bytes.count) }
    case .socket(let descriptor, let address):
      let bytes = Array(line.utf8)
      address.withPointer { pointer, length in
        _ = sendto(
          descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
          pointer, length)
      }
    }
  }

  // What a task starts must not hold the pipe open, and a full pipe must not hold up the task.
  private static func prepare(_ descriptor: Int32) -> Bool {
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0 else { return false }
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
      && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
  }
}

/// Writing to a pipe whose reader may be gone.
enum BrokenPipe {
  /// Keeps the signal away that a broken pipe sends, whatever the process does with it otherwise.
  ///
  /// The kernel sends it to the thread that writes: it is blocked there, and taken if it came.
  static func ignoring(_ body: () -> Void) {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    body()
    if !wasPending {
      var now = timespec()
      while sigtimedwait(&pipe, nil, &now) < 0, errno == EINTR {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Lets the process live on when nobody reads its log or its output any more.
  static func ignoreForGood() {
    signal(SIGPIPE, SIG_IGN)
  }
}

/// The address of a local socket; `@` in front means one without a file.
struct SocketAddress: Sendable {
  private let bytes: [UInt8]

  init?(path: String) {
    var bytes = Array(path.utf8)
    let isAbstract = bytes.first == UInt8(ascii: "@")
    guard bytes.count > 1, bytes.count < 108, isAbstract || bytes[0] == UInt8(ascii: "/") else {
      return nil
    }
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    self.bytes = bytes
  }

  func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
