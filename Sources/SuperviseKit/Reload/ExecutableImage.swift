import CLinux
import Glibc

/// An executable that was complete when it was opened, kept open so that it can be started later.
///
/// Processes are started from the descriptor (`execveat`), not from the path: the next build may
/// unlink the path at any moment, but not the file behind the descriptor.
final class ExecutableImage: Sendable {
  /// The path it was opened by.
  let path: String
  /// Which file it is.
  let file: FileIdentity
  /// The linker's own name for these bytes, when it left one; for people to compare.
  let buildID: [UInt8]?
  /// Open for reading, closed on exec, until the image is released.
  let descriptor: Int32

  init(path: String, file: FileIdentity, buildID: [UInt8]?, descriptor: Int32) {
    self.path = path
    self.file = file
    self.buildID = buildID
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether the file still is what was proven; somebody may have written into it since.
  var isIntact: Bool { FileIdentity(descriptor: descriptor) == file }

  /// Whether both hold the same bytes, so that nothing is gained by a restart.
  ///
  /// Bytes decide, not build-ids: a linker can be told to use the same one always. Two builds
  /// mostly differ in size or in the first pages, so that little is read.
  func hasSameBytes(as other: ExecutableImage) -> Bool {
    if file == other.file { return isIntact }
    guard file.size == other.file.size, buildID == other.buildID, isIntact, other.isIntact else {
      return false
    }
    let chunk = 1 << 18
    return withUnsafeTemporaryAllocation(byteCount: 2 * chunk, alignment: 16) { buffer in
      guard let base = buffer.baseAddress else { return false }
      var offset: Int64 = 0
      while offset < file.size {
        let length = Int(min(Int64(chunk), file.size - offset))
        guard
          readFully(descriptor, into: base, count: length, at: offset),
          readFully(other.descriptor, into: base + chunk, count: length, at: offset),
          memcmp(base, base + chunk, length) == 0
        else { return false }
        offset += Int64(length)
      }
      return true
    }
  }
}
