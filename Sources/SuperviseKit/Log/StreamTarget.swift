import Glibc
import Synchronization

/// The output of `supervise` itself: a terminal, perhaps with a footer, or whatever reads it.
package final class StreamTarget: LogTarget {
  private let descriptor: Int32
  private let footer = Mutex(Footer())

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// What stands below the log from now on; only for a terminal.
  func setFooter(_ text: [UInt8]) {
    footer.withLock { $0.text = text }
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, _ parts: [LogPart], progressed: (Int) -> Void
  ) -> Bool {
    let (before, after) = footer.withLock { $0.frame(bytes) }
    guard before.isEmpty, after.isEmpty else { return write(bytes, between: before, and: after) }
    return Writing.all(bytes, to: descriptor, progressed: progressed)
  }

  /// In one go, so that nobody sees the footer gone.
  private func write(
    _ bytes: UnsafeRawBufferPointer, between before: [UInt8], and after: [UInt8]
  ) -> Bool {
    let framed = before + bytes + after
    return framed.withUnsafeBytes { Writing.all($0, to: descriptor) }
  }

  func refresh() {
    let drawing = footer.withLock { $0.redrawn() }
    _ = drawing.withUnsafeBytes { Writing.all($0, to: descriptor) }
  }

  func end() {
    setFooter([])
    refresh()
  }
}
