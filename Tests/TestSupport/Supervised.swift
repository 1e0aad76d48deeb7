package import CLinux
internal import Glibc

/// A running `supervise`, driven like a user drives it.
///
/// It blocks the thread it is used on; a test that takes long does that `onOwnThread`.
package final class Supervised {
  package struct TimedOut: Error, CustomStringConvertible {
    package let description: String
  }

  package let folder: String
  /// In the environment of all that runs here, so that what is left behind is found.
  let mark: String
  private let environment: [String: String]
  /// Made for this one, and gone with it.
  private let ownsFolder: Bool
  /// Bytes, for a flood of output must not make the test slow.
  private var bytes: [UInt8] = []
  private var unread = 0
  package private(set) var pid: pid_t = 0
  private var pipe: Int32 = -1
  private var exitCode: Int32?

  /// Writes the files to a folder of its own; `start` begins.
  package convenience init(
    _ files: [String: String], environment: [String: String] = [:]
  ) throws {
    var template = Array("/tmp/supervise-test-XXXXXX".utf8CString)
    let folder = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    self.init(folder: folder, environment: environment, ownsFolder: true)
    for (name, text) in files { try write(text, to: name) }
  }

  /// In a folder that is there, and stays.
  package convenience init(in folder: String, environment: [String: String] = [:]) {
    self.init(folder: folder, environment: environment, ownsFolder: false)
  }

  private init(folder: String, environment: [String: String], ownsFolder: Bool) {
    self.folder = folder
    self.environment = environment
    self.ownsFolder = ownsFolder
    mark = "SUPERVISE_TEST=\(folder)#\(getpid())-\(UInt64.random(in: 0 ... .max))"
  }

  /// Another one in the same folder.
  package func another() -> Supervised { Supervised(in: folder, environment: environment) }

  deinit {
    if pid > 0, exitCode == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    for left in survivors() { kill(left, SIGKILL) }
    if pipe >= 0 { close(pipe) }
    // Bounded to what mkdtemp made.
    if ownsFolder, folder.hasPrefix("/tmp/supervise-test-") { Self.remove(folder) }
  }

  package func path(_ name: String) -> String { folder + "/" + name }

  /// What a file holds; nothing if there is none.
  package func text(of name: String) -> String {
    String(decoding: Self.contents(path(name)), as: UTF8.self)
  }

  /// Who may do what with a file.
  package func mode(_ name: String) -> UInt32 {
    var status = stat()
    return stat(path(name), &status) == 0 ? status.st_mode & 0o777 : 0
  }

  /// Writes a file; what begins with `#!` is made executable.
  package func write(_ text: String, to name: String) throws {
    if let slash = name.lastIndex(of: "/") { mkdir(path(String(name[..<slash])), 0o755) }
    let file = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw TimedOut(description: "cannot write \(name)") }
    _ = Glibc.write(file, text, text.utf8.count)
    close(file)
    if text.hasPrefix("#!") { chmod(path(name), 0o755) }
  }

  package func start(_ arguments: String...) throws { try start(arguments) }

  /// Starts it: with another command in front of it, such as `unshare -Ur`, or with a reader of its
  /// log, which leaves nothing to be seen here but its last words.
  package func start(
    _ arguments: [String], under wrapper: [String] = [], readBy reader: LineChecker? = nil
  ) throws {
    try start(words: wrapper + [Self.executable] + arguments, readBy: reader)
  }

  /// Starts another program in its place, as `start` would.
  package func start(words: [String], readBy reader: LineChecker? = nil) throws {
    var ends: [Int32] = [0, 0]
    guard cel_pipe(&ends) == 0 else { throw TimedOut(description: "no pipe") }
    pipe = ends[0]
    let isPlain = words.first == Self.executable
    let program = isPlain ? Self.executable : "/usr/bin/env"
    let argv = ((isPlain ? [] : ["env"]) + words).map { strdup($0) } + [nil]
    let variables = variables
    let envp = variables.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var handle: Int32 = -1
    pid = program.withCString { path in
      folder.withCString { directory in
        argv.withUnsafeBufferPointer { argv in
          envp.withUnsafeBufferPointer { envp in
            var what = cel_spawn()
            what.path = path
            what.image = -1
            what.arguments = argv.baseAddress
            what.environment = envp.baseAddress
            what.directory = directory
            what.descriptors = (-1, reader?.input ?? ends[1], ends[1], -1, -1)
            return cel_spawn(&what, &handle)
          }
        }
      }
    }
    close(ends[1])
    reader?.closeInput()
    if handle >= 0 { close(handle) }
    guard pid > 0 else { throw TimedOut(description: "supervise did not start: \(-pid)") }
  }

  /// Those of this process, but for what would change what is tested.
  private var variables: [String] {
    var variables = [mark] + environment.map { "\($0)=\($1)" }
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      let name = String(text.prefix { $0 != "=" })
      if name != "PORT", environment[name] == nil { variables.append(text) }
      entry += 1
    }
    return variables
  }

  /// Reads until a line with this text has come; what came before it is done with.
  @discardableResult
  package func expect(_ text: String, within time: Duration = .seconds(20)) throws -> String {
    let end = ContinuousClock.now + time
    while true {
      while let newline = bytes[unread...].firstIndex(of: 0x0A) {
        let line = String(decoding: bytes[unread..<newline], as: UTF8.self)
        unread = newline + 1
        if line.has(text) { return line }
      }
      guard more(until: end) else {
        throw TimedOut(description: "no line with '\(text)' in\n\(output)")
      }
    }
  }

  package var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The last 64 KiB of what has been read, all of it in nearly every test.
  package var output: String { String(decoding: bytes.suffix(1 << 16), as: UTF8.self) }

  /// Reads until all of these have come, in whichever order.
  package func expectAll(_ texts: String...) throws {
    var missing = texts
    while !missing.isEmpty {
      let line = try expect("")
      if let index = missing.firstIndex(where: line.has) { missing.remove(at: index) }
    }
  }

  /// How often this occurs in all that has been read.
  package func count(of text: String) -> Int {
    let wanted = Array(text.utf8)
    return bytes.withUnsafeBytes { bytes in
      guard var rest = bytes.baseAddress, let first = wanted.first else { return 0 }
      let end = rest + bytes.count
      var count = 0
      while end - rest >= wanted.count, let found = memchr(rest, Int32(first), end - rest) {
        rest = UnsafeRawPointer(found) + 1
        let begins = UnsafeRawPointer(found)
        if end - begins >= wanted.count, memcmp(begins, wanted, wanted.count) == 0 { count += 1 }
      }
      return count
    }
  }

  package func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end; what `supervise` leaves with.
  package func end(within time: Duration = .seconds(20)) throws -> Int32 {
    let limit = ContinuousClock.now + time
    while more(until: limit) {}
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid || waitBriefly(&status) else {
      throw TimedOut(description: "supervise goes on:\n\(output)")
    }
    let signal = status & 0x7F
    exitCode = signal == 0 ? status >> 8 & 0xFF : 128 + signal
    return exitCode ?? -1
  }

  /// The output is at its end a moment before the process is.
  private func waitBriefly(_ status: inout Int32) -> Bool {
    for _ in 0..<2000 {
      if waitpid(pid, &status, WNOHANG) == pid { return true }
      usleep(1000)
    }
    return false
  }

  /// Reads some more; false at the end or when the time is over.
  private func more(until end: ContinuousClock.Instant) -> Bool {
    let left = end - .now
    var poll = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
    guard left > .zero, Glibc.poll(&poll, 1, Int32(left / .milliseconds(1)) + 1) == 1 else {
      return false
    }
    let before = bytes.count
    bytes += [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(pipe, buffer.baseAddress, buffer.count))
    }
    return bytes.count > before
  }

  private static let executable = builtPath("supervise")

  /// Where the tests are built, the programs are built.
  package static func builtPath(_ name: String) -> String {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = max(0, readlink("/proc/self/exe", &bytes, bytes.count))
    let own = String(decoding: bytes[..<length], as: UTF8.self)
    let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
    return folder + "/" + name
  }

}
