import CLinux
import Glibc
import Synchronization

/// The place where log lines go, written by a thread of its own.
///
/// A terminal that was stopped with Ctrl-S, or a pipe nobody reads, blocks that thread and nothing
/// else: the loop goes on reaping, restarting and stopping. What waits is bounded; while it is
/// full the loop reads no pipes, so that the processes wait and nothing is lost.
package final class Sink: Sendable {
  private struct Waiting {
    var batches: [[UInt8]] = []
    var bytes = 0
    var full = false
    var closed = false
    /// Nobody reads any more.
    var broken = false
    /// Taken by the thread and not written yet.
    var writing = 0
  }

  private static let limit = 4 << 20

  private let descriptor: Int32
  private let waiting = Mutex(Waiting())
  private let wake: Descriptor
  /// Readable when there is room again, when all is written, or when nobody reads any more.
  package let changed: Descriptor

  /// Starts the thread.
  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    wake = Descriptor(eventfd(0, Int32(EFD_CLOEXEC)))
    changed = Descriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let error = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Sink>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    precondition(error == 0, "no thread for the log")
    pthread_detach(thread)
  }

  /// Hands over whole lines.
  package func write(_ batch: [UInt8]) {
    guard !batch.isEmpty else { return }
    waiting.withLock {
      guard !$0.broken else { return }
      $0.batches.append(batch)
      $0.bytes += batch.count
      if $0.bytes >= Self.limit { $0.full = true }
    }
    Self.ring(wake)
  }

  package var isFull: Bool { waiting.withLock { $0.full } }
  package var isBroken: Bool { waiting.withLock { $0.broken } }

  /// Waits until all is written, but not longer than this; the number of lines that were not.
  package func finish(within milliseconds: Int32) -> Int {
    waiting.withLock { $0.closed = true }
    Self.ring(wake)
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while waiting.withLock({ $0.bytes + $0.writing > 0 && !$0.broken }) {
      let left = end - ContinuousClock.now
      guard left > .zero else { break }
      var poll = pollfd(fd: changed.number, events: Int16(POLLIN), revents: 0)
      Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1)
      changed.drainCounter()
    }
    return waiting.withLock { state in
      guard !state.broken else { return 0 }
      return state.batches.reduce(0) { $0 + $1.lazy.filter { $0 == 0x0A }.count }
        + (state.writing > 0 ? 1 : 0)
    }
  }

  private func run() {
    while true {
      let (batches, closed) = waiting.withLock { state in
        let batches = state.batches
        state.writing = state.bytes
        state.batches = []
        state.bytes = 0
        return (batches, state.closed)
      }
      guard !batches.isEmpty else {
        if closed { return }
        wake.waitForCounter()
        continue
      }
      var broken = false
      for batch in batches where !broken { broken = !writeAll(batch) }
      waiting.withLock {
        $0.writing = 0
        $0.full = false
        $0.broken = broken
      }
      Self.ring(changed)
      if broken { return }
    }
  }

  private func writeAll(_ batch: [UInt8]) -> Bool {
    batch.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
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

  private static func ring(_ counter: Descriptor) {
    var one: UInt64 = 1
    _ = Glibc.write(counter.number, &one, 8)
  }
}
