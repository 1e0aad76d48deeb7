import Glibc

/// A control group (cgroup v2): a folder of the kernel's, whose processes are counted and killed as
/// one, whatever they have become since they were put there.
///
/// Neither a session nor a parent nor an environment of its own takes a process out of it.
struct Cgroup {
  let path: String

  /// Whether any process lives in it or below it; zombies do not count.
  var isPopulated: Bool {
    text("cgroup.events")?.split(separator: "\n").contains("populated 1") ?? false
  }

  /// Those that live in it.
  var members: [pid_t] {
    text("cgroup.procs")?.split(separator: "\n").compactMap { pid_t($0) } ?? []
  }

  /// Kills all that lives in it and below it, whoever it belongs to by now, and what is born meanwhile.
  ///
  /// - Returns: Whether the kernel has taken the order.
  @discardableResult
  func kill() -> Bool {
    let file = Descriptor(open(path.appendingName("cgroup.kill"), O_WRONLY | O_CLOEXEC))
    return file.number >= 0 && write(file.number, "1", 1) == 1
  }

  /// Where a change of ``isPopulated`` is announced as an exceptional condition (EPOLLPRI), until it
  /// is read again; nil when it cannot be opened.
  func announcements() -> Descriptor? {
    let file = Descriptor(open(path.appendingName("cgroup.events"), O_RDONLY | O_CLOEXEC))
    guard file.number >= 0 else { return nil }
    Self.read(announcementsOf: file)
    return file
  }

  static func read(announcementsOf file: Descriptor) {
    var bytes = [UInt8](repeating: 0, count: 256)
    _ = pread(file.number, &bytes, bytes.count, 0)
  }

  /// Removes it with those below it.
  ///
  /// - Returns: Whether it is gone; while something lives there it is not.
  func remove() -> Bool {
    if rmdir(path) == 0 || errno == ENOENT { return true }
    guard !isPopulated else { return false }
    for name in namesInDirectory(path) where isDirectory(path.appendingName(name)) {
      _ = Cgroup(path: path.appendingName(name)).remove()
    }
    return rmdir(path) == 0
  }

  /// Kills all that lives there, and removes it when that has ended.
  func clear(within limit: Duration = .seconds(1)) {
    guard let file = announcements() else { return }
    let end = ContinuousClock.now + limit
    kill()
    while !remove() {
      let left = end - .now
      guard left > .zero else { return }
      var poll = pollfd(fd: file.number, events: Int16(POLLPRI), revents: 0)
      _ = Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1)
      Self.read(announcementsOf: file)
    }
  }

  private func text(_ name: String) -> String? {
    TextFile.bytes(of: path.appendingName(name)).map { String(decoding: $0, as: UTF8.self) }
  }
}
