import CeleriacCore
import Glibc
import Synchronization

/// Writes log lines to a descriptor and never waits for whoever reads it.
///
///     there is room     the caller writes the line itself: nothing is lost if it crashes next
///     there is none     lines gather, and a thread waits in `write` until they are gone
///     too many gather   they are counted instead
///
/// A terminal that is stopped with Ctrl-S and a pipe that nobody empties are common; a worker whose
/// I/O thread waits for one would lose its lease.
final class LineWriter: Sendable {
  /// What gathers at most, in bytes.
  static let capacity = 1 << 20

  private enum State {
    case flowing
    case stalled([UInt8])
  }

  private struct Account {
    var state = State.flowing
    var lost = 0
  }

  private let descriptor: Int32
  private let account = Mutex(Account())

  /// Writes to a descriptor, which stays its owner's.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Writes one whole line, its end included, or has it written later.
  func write(_ line: [UInt8]) {
    let isFirst = account.withLock { account in
      switch account.state {
      case .flowing:
        guard !hasRoom(for: line) else {
          LogOutput.write(line, to: descriptor)
          return false
        }
        account.state = .stalled(line)
        return true
      case .stalled(var lines):
        guard lines.count + line.count <= Self.capacity else {
          account.lost += 1
          return false
        }
        account.state = .flowing  // so that the bytes have one owner and grow in place
        lines += line
        account.state = .stalled(lines)
        return false
      }
    }
    if isFirst { startDraining() }
  }

  /// How many lines were lost, once it can be told: asking ends the count.
  func takeLost() -> Int {
    account.withLock { account in
      guard case .flowing = account.state else { return 0 }
      defer { account.lost = 0 }
      return account.lost
    }
  }

  /// Waits until all is written, or for as long as a program that ends can wait.
  func finish(within limit: Duration = .seconds(2)) {
    let end = ContinuousClock.now + limit
    while isStalled, ContinuousClock.now < end { usleep(5000) }
  }

  private var isStalled: Bool {
    account.withLock { account in
      if case .stalled = account.state { true } else { false }
    }
  }

  // A pipe takes up to a page at once as soon as it is writable; what is longer could stop half way.
  private func hasRoom(for line: [UInt8]) -> Bool {
    guard line.count <= 4096 else { return isFile }
    var query = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // Not a word of a descriptor that can't be asked: the write itself finds out.
    return poll(&query, 1, 0) != 0
  }

  private var isFile: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private func startDraining() {
    do throws(ThreadError) {
      try DetachedThread.start("celeriac-log") { [self] in drain() }
    } catch {
      drain()
    }
  }

  private func drain() {
    while let lines = takeGathered() { LogOutput.write(lines, to: descriptor) }
  }

  private func takeGathered() -> [UInt8]? {
    account.withLock { account in
      guard case .stalled(let lines) = account.state, !lines.isEmpty else {
        account.state = .flowing
        return nil
      }
      account.state = .stalled([])
      return lines
    }
  }
}
