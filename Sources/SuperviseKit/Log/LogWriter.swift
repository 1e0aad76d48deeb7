import CLinux
import Glibc

/// Where finished lines are written: a terminal, a pipe, files.
protocol LogTarget: Sendable {
  /// Writes whole lines, however long it takes; false when nobody will ever read them.
  ///
  /// `parts` says whose lines they are, stretch by stretch, for those to whom that matters;
  /// `progressed` is told how much is out, so that the rest can be counted.
  func write(
    _ bytes: UnsafeRawBufferPointer, _ parts: [LogPart], progressed: (Int) -> Void
  ) -> Bool
  /// Does what has been asked for between two batches.
  func refresh()
  /// Nothing more comes.
  func end()
}

/// The thread that writes what a ring holds.
///
/// A terminal that was stopped with Ctrl-S, a pipe nobody reads and a slow disk block this thread
/// and nothing else.
enum LogWriter {
  private final class Assignment: Sendable {
    let ring: LogRing
    let target: any LogTarget

    init(_ ring: LogRing, _ target: any LogTarget) {
      self.ring = ring
      self.target = target
    }

    func run() {
      cel_name_thread("log")
      var parts: [LogPart] = []
      while true {
        switch ring.take(&parts) {
        case .write(let bytes):
          let isRead = target.write(bytes, parts) { ring.progressed(to: $0) }
          parts.removeAll(keepingCapacity: true)
          ring.release(isBroken: !isRead)
          if !isRead { return }
        case .refresh: target.refresh()
        case .end:
          target.end()
          return ring.finish()
        }
      }
    }
  }

  static func start(_ ring: LogRing, _ target: any LogTarget) throws(SystemError) {
    guard ring.canTell else { throw SystemError("eventfd", EMFILE) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Assignment(ring, target)).toOpaque()
    let error = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Assignment>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    guard error == 0 else { throw SystemError("a thread for the log", error) }
    pthread_detach(thread)
  }
}

/// Writing to a descriptor that others may have open as well, so its flags are left alone.
enum Writing {
  /// Writes all of it; false when nobody reads it.
  static func all(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, progressed: (Int) -> Void = { _ in }
  ) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      // In pieces, because a reader that stops in the middle of a big one leaves it open how much
      // of it has come.
      let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 64 << 10))
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        progressed(bytes.count - rest.count)
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        Glibc.poll(&poll, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
