import Glibc
import Synchronization

/// The output of `supervise` itself: a terminal, perhaps with a footer, or whatever reads it.
///
/// A file on a full disk stops nobody: what it does not take is counted, and that is told once on
/// standard error, and once in the log when it takes lines again.
package final class StreamTarget: LogTarget {
  private struct State {
    var footer = Footer()
    /// Where the loop is woken for news.
    var told: Descriptor?
    /// The lines that are missing since the disk is full; nil while it is not.
    var missing: Int?
    var news: String?
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Who is woken when there is news.
  func tell(_ told: Descriptor) { state.withLock { $0.told = told } }

  /// What stands below the log from now on; only for a terminal.
  func setFooter(_ text: [UInt8]) {
    state.withLock { $0.footer.text = text }
  }

  /// What the loop is to say.
  func takeNews() -> String? {
    state.withLock { state in
      defer { state.news = nil }
      return state.news
    }
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, _ parts: [LogPart], progressed: (Int) -> Void
  ) -> Bool {
    let (before, after) = state.withLock { $0.footer.frame(bytes) }
    guard before.isEmpty, after.isEmpty else { return write(bytes, between: before, and: after) }
    guard state.withLock({ $0.missing == nil }) || endBrokenLine() else {
      miss(bytes)
      return true
    }
    var done = 0
    let isWritten = Writing.all(bytes, to: descriptor) { count in
      done = count
      progressed(count)
    }
    if isWritten {
      goOn()
    } else if Self.isFull(errno) {
      miss(UnsafeRawBufferPointer(rebasing: bytes[done...]))
    } else {
      Self.complain("nobody reads the log any more (\(errorText()))")
      return false
    }
    return true
  }

  private static func isFull(_ number: Int32) -> Bool {
    [ENOSPC, EDQUOT, EFBIG].contains(number)
  }

  /// The disk may have taken a part of a line, which must not spoil the next one.
  private func endBrokenLine() -> Bool { Glibc.write(descriptor, "\n", 1) == 1 }

  private func miss(_ bytes: UnsafeRawBufferPointer) {
    let isNews = state.withLock { state in
      defer { state.missing = (state.missing ?? 0) + bytes.lineCount }
      return state.missing == nil
    }
    if isNews { Self.complain("the log cannot be written (\(errorText())); lines are missing") }
  }

  private func goOn() {
    state.withLock { state in
      guard let missing = state.missing else { return }
      state.missing = nil
      state.news = "the log is written again; \(missing) lines are missing"
      state.told?.addToCounter()
    }
  }

  private static func complain(_ text: String) {
    let line = "supervise: \(text)\n"
    _ = Glibc.write(STDERR_FILENO, line, line.utf8.count)
  }

  /// In one go, so that nobody sees the footer gone.
  private func write(
    _ bytes: UnsafeRawBufferPointer, between before: [UInt8], and after: [UInt8]
  ) -> Bool {
    let framed = before + bytes + after
    return framed.withUnsafeBytes { Writing.all($0, to: descriptor) }
  }

  func refresh() {
    let drawing = state.withLock { $0.footer.redrawn() }
    _ = drawing.withUnsafeBytes { Writing.all($0, to: descriptor) }
  }

  func end() {
    setFooter([])
    refresh()
  }
}
