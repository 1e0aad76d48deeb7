import Glibc
import Testing

@testable import SuperviseKit

/// A directory of a test's own, gone when the test is over.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/supervise-reload-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made)
  }

  deinit {
    Self.removeAll(path)
  }

  subscript(name: String) -> String { path + "/" + name }

  func makeDirectory(_ name: String) throws {
    var current = path
    for part in name.split(separator: "/") {
      current += "/" + part
      try check(mkdir(current, 0o755) == 0 || errno == EEXIST, "mkdir \(current)")
    }
  }

  func link(_ name: String, to destination: String) throws {
    try check(symlink(destination, self[name]) == 0, "symlink \(name)")
  }

  func remove(_ name: String) throws {
    try check(Glibc.remove(self[name]) == 0, "remove \(name)")
  }

  func removeTree(_ name: String) throws {
    Self.removeAll(self[name])
    try #require(!exists(self[name]))
  }

  func move(_ name: String, to other: String) throws {
    try check(rename(self[name], self[other]) == 0, "rename \(name)")
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
    try write(name, Array(text.utf8), mode: mode)
  }

  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws {
    let descriptor = open(self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    try check(descriptor >= 0, "open \(name)")
    defer { close(descriptor) }
    try check(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "write \(name)")
  }

  /// Writes as linkers do: unlink, create, write, close.
  func relink(_ name: String, _ bytes: [UInt8]) throws {
    unlink(self[name])
    try write(name, bytes, mode: 0o755)
  }

  private static func removeAll(_ path: String) {
    if linkDestination(path) == nil, isDirectory(path) {
      for name in namesInDirectory(path) { removeAll(path + "/" + name) }
    }
    Glibc.remove(path)
  }

  private func check(_ isGood: Bool, _ what: String) throws {
    let reason = errno
    try #require(isGood, "\(what): \(String(cString: strerror(reason)))")
  }
}

/// The bytes of a real executable of this machine.
func executableBytes() throws -> [UInt8] {
  let descriptor = open("/bin/true", O_RDONLY | O_CLOEXEC)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  var status = stat()
  try #require(fstat(descriptor, &status) == 0)
  var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
  let count = bytes.count
  try #require(read(descriptor, &bytes, count) == count)
  return bytes
}

/// Waits until the descriptor is readable; false when that does not happen in time.
func waitUntilReadable(_ descriptor: Int32, within milliseconds: Int32 = 5000) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&entry, 1, milliseconds) == 1
}

extension ContinuousClock.Instant {
  /// A fixed begin for machines that are told the time.
  static let zero = ContinuousClock.now
}
