import Glibc

/// One file of a log folder; its older parts have `.1`, `.2` … behind their names.
struct LogFile {
  private let path: String
  private var descriptor: Descriptor?
  private var size = 0
  private var lastWritten = 0

  init(_ path: String) {
    self.path = path
  }

  /// Adds whole lines, all of them or none.
  mutating func append(
    _ stretches: [UnsafeRawBufferPointer], rotation: LogRotation?, now: Int
  ) throws(SystemError) {
    let count = stretches.reduce(0) { $0 + $1.count }
    guard count > 0 else { return }
    try openIfNeeded()
    if let rotation,
      rotation.isDue(size: size, lastWritten: lastWritten, adding: count, now: now)
    {
      try putAside(keeping: rotation.keep)
      try openIfNeeded()
    }
    guard let descriptor else { return }
    var written = 0
    do throws(SystemError) {
      for stretch in stretches { try write(stretch, to: descriptor.number, &written) }
    } catch {
      // A part of a line would spoil the next one.
      if written > 0 { ftruncate(descriptor.number, size) }
      throw error
    }
    size += count
    lastWritten = now
  }

  /// Somebody else may have put the file aside.
  mutating func close() { descriptor = nil }

  private func write(
    _ stretch: UnsafeRawBufferPointer, to number: Int32, _ written: inout Int
  ) throws(SystemError) {
    var rest = stretch
    while !rest.isEmpty {
      let count = Glibc.write(number, rest.baseAddress, rest.count)
      if count < 0 {
        guard errno == EINTR else { throw SystemError(path) }
        continue
      }
      written += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private static let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC

  private mutating func openIfNeeded() throws(SystemError) {
    guard descriptor == nil else { return }
    var opened = Descriptor(open(path, Self.flags, 0o640))
    // Whoever has taken the folder away did not mean to have no log from then on.
    if opened.number < 0, errno == ENOENT, mkdir(path.parentPath, 0o750) == 0 {
      opened = Descriptor(open(path, Self.flags, 0o640))
    }
    var status = stat()
    guard opened.number >= 0, fstat(opened.number, &status) == 0 else { throw SystemError(path) }
    size = Int(status.st_size)
    lastWritten = status.st_mtim.tv_sec
    descriptor = opened
  }

  private mutating func putAside(keeping count: Int) throws(SystemError) {
    for number in (1..<max(count, 1)).reversed() {
      rename("\(path).\(number)", "\(path).\(number + 1)")
    }
    // One that somebody else has taken away is out of the way already.
    guard rename(path, "\(path).1") == 0 || errno == ENOENT else { throw SystemError(path) }
    descriptor = nil
  }
}
