internal import CLinux
internal import Glibc

/// Reads the log of a ``Supervised`` and checks every line that `LineWriter` has written to it.
///
/// It is a process of its own: as fast as a reader can be, and one that can be stopped.
package final class LineChecker {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private(set) var input: Int32 = -1
  private var output: Int32 = -1
  private var pid: pid_t = 0
  private var text = ""

  /// Expects so many lines from each of so many processes, and reads at most so many bytes a
  /// second.
  package init(processes: Int, lines: Int, bytesPerSecond rate: Int = 0) throws {
    var log: [Int32] = [0, 0]
    var news: [Int32] = [0, 0]
    guard cel_pipe(&log) == 0, cel_pipe(&news) == 0 else { throw Failure(description: "no pipe") }
    let path = Supervised.builtPath("LineWriter")
    let words = [path, "check", String(processes), String(lines), String(rate)]
    let argv = words.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var handle: Int32 = -1
    pid = path.withCString { path in
      argv.withUnsafeBufferPointer { argv in
        var what = cel_spawn()
        what.path = path
        what.image = -1
        what.arguments = argv.baseAddress
        what.environment = UnsafePointer(environ)
        what.descriptors = (log[0], news[1], STDERR_FILENO, -1, -1)
        return cel_spawn(&what, &handle)
      }
    }
    if handle >= 0 { close(handle) }
    close(log[0])
    close(news[1])
    input = log[1]
    output = news[0]
    guard pid > 0 else { throw Failure(description: "LineWriter did not start: \(-pid)") }
  }

  deinit {
    closeInput()
    close(output)
    guard pid > 0 else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Makes it stop reading, or go on.
  package func signal(_ number: Int32) { kill(pid, number) }

  /// Waits until all lines have come; does something else now and then meanwhile.
  package func waitUntilComplete(_ meanwhile: () throws -> Void) throws {
    for _ in 0..<10_000 where !text.has("complete") {
      var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      if Glibc.poll(&poll, 1, 10) == 1 { break }
      try meanwhile()
    }
    try waitFor("complete")
  }

  /// What it has found, when the log has ended.
  package func verdict() throws -> String {
    try waitFor("lines=")
    return text.split(separator: "\n").last.map(String.init) ?? ""
  }

  private func waitFor(_ wanted: String) throws {
    while !text.has(wanted) || !text.hasSuffix("\n") {
      var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 100_000) == 1 else {
        throw Failure(description: "no '\(wanted)' in '\(text)'")
      }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(output, &bytes, bytes.count)
      guard count > 0 else { throw Failure(description: "no '\(wanted)' in '\(text)'") }
      text += String(decoding: bytes[..<count], as: UTF8.self)
    }
  }
}
