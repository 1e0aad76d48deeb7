internal import CLinux
internal import Glibc

/// `supervise`, or another program, on a terminal of its own, with a person who types.
package final class TerminalSession {
  private let master: Int32
  private var pid: pid_t = 0
  private var bytes: [UInt8] = []
  private var unread = 0
  private var status: Int32?

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Starts it in the folder of another one, whose files it has.
  package init(
    in run: Supervised, program: String = Supervised.builtPath("supervise"),
    _ arguments: [String] = ["dev"],
    environment: [String: String] = ["TERM": "xterm"]
  ) throws {
    var (own, other): (Int32, Int32) = (-1, -1)
    guard cel_terminal_make(&own, &other) == 0 else { throw Failure(description: "no terminal") }
    master = own
    defer { close(other) }
    cel_terminal_resize(own, 24, 100)
    let argv = ([program] + arguments).map { strdup($0) } + [nil]
    let envp = Self.variables(environment).map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var handle: Int32 = -1
    pid = program.withCString { path in
      run.folder.withCString { directory in
        argv.withUnsafeBufferPointer { argv in
          envp.withUnsafeBufferPointer { envp in
            var what = cel_spawn()
            what.path = path
            what.image = -1
            what.arguments = argv.baseAddress
            what.environment = envp.baseAddress
            what.directory = directory
            what.descriptors = (other, other, other, -1, -1)
            what.has_terminal = 1
            return cel_spawn(&what, &handle)
          }
        }
      }
    }
    if handle >= 0 { close(handle) }
    guard pid > 0 else { throw Failure(description: "\(program) did not start: \(-pid)") }
  }

  /// Those of this process, but for what would change what is tested.
  private static func variables(_ own: [String: String]) -> [String] {
    // Swift's own report of a crash would ask the person what to do next.
    let own = ["NO_COLOR": "1", "SWIFT_BACKTRACE": "enable=no"].merging(own) { $1 }
    var variables = own.map { "\($0)=\($1)" }
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      let name = String(text.prefix { $0 != "=" })
      if !["PORT", "CI", "TERM"].contains(name), own[name] == nil {
        variables.append(text)
      }
      entry += 1
    }
    return variables
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    close(master)
  }

  package func type(_ text: String) { _ = write(master, text, text.utf8.count) }

  /// Makes the terminal another size, as dragging the corner of its window does.
  package func resize(rows: Int32, columns: Int32) { cel_terminal_resize(master, rows, columns) }

  /// Whether keys arrive at once and unseen.
  package var isTaken: Bool {
    var settings = termios()
    tcgetattr(master, &settings)
    return settings.c_lflag & tcflag_t(ICANON | ECHO) == 0
  }

  /// Waits until it is so.
  package func expectTaken(_ taken: Bool) throws {
    for _ in 0..<2000 where isTaken != taken { usleep(5000) }
    guard isTaken == taken else {
      throw Failure(description: "the terminal is \(taken ? "not " : "")taken:\n\(output)")
    }
  }

  /// Reads until this has come; what came before it is done with.
  package func expect(_ text: String, within time: Duration = .seconds(20)) throws {
    let end = ContinuousClock.now + time
    let wanted = Array(text.utf8)
    while true {
      if let start = bytes[unread...].start(of: wanted) {
        unread = start + wanted.count
        return
      }
      guard more(until: end) else { throw Failure(description: "no '\(text)' in\n\(output)") }
    }
  }

  package var output: String { String(decoding: bytes, as: UTF8.self) }

  /// What has come since the last text that was expected.
  package var news: String { String(decoding: bytes[unread...], as: UTF8.self) }

  package func signal(_ number: Int32) { kill(pid, number) }

  /// Waits until it has been halted.
  package func expectHalt() throws {
    var status: Int32 = 0
    for _ in 0..<2000 {
      if waitpid(pid, &status, WNOHANG | WUNTRACED) == pid {
        guard status & 0xFF == 0x7F else { break }
        return
      }
      usleep(5000)
    }
    throw Failure(description: "not halted:\n\(output)")
  }

  /// Waits for the end; what it leaves with.
  package func end(within time: Duration = .seconds(20)) throws -> Int32 {
    let limit = ContinuousClock.now + time
    while ContinuousClock.now < limit {
      _ = more(until: .now + .milliseconds(20))
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        self.status = status
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
      }
    }
    throw Failure(description: "supervise goes on:\n\(output)")
  }

  /// Reads some more; false when the time is over, or nobody writes any more.
  private func more(until end: ContinuousClock.Instant) -> Bool {
    let left = end - .now
    var poll = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard left > .zero, Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1) == 1 else {
      return false
    }
    var part = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(master, &part, part.count)
    if count > 0 { bytes += part[..<count] }
    return count > 0
  }
}

extension ArraySlice<UInt8> {
  fileprivate func start(of text: [UInt8]) -> Int? {
    guard count >= text.count else { return nil }
    return (startIndex...(endIndex - text.count)).first { self[$0...].starts(with: text) }
  }
}
