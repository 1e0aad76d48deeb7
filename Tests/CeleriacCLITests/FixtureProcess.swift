import Dispatch
import Glibc
import Synchronization
import TestSupport

/// The fixture application as a process of its own, with a supervisor's pipes.
final class FixtureProcess: Sendable {
  /// The lines of both standard streams, in the order in which they came.
  let lines = Recorder<String>()
  /// The words on the status pipe.
  let status = Recorder<String>()

  private let pid: pid_t
  private let output: Int32
  private let lifeline: Mutex<Int32?>
  private let ending: Mutex<Int32?>

  /// Starts a command.
  ///
  /// - Parameters:
  ///   - words: The command line, without the program's name.
  ///   - environment: Variables of its own beside the path and the broker.
  ///   - broker: The broker's URL.
  ///   - isRead: Whether its output is read from the start.
  /// - Throws: ``ProcessFailure`` when the system starts no process.
  init(_ words: [String], environment: [String: String] = [:], broker: String, isRead: Bool = true)
    throws
  {
    let output = try Ends()
    let status = try Ends()
    let lifeline = try Ends()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let mapping = [
      (output.writing, 1), (output.writing, 2), (status.writing, 3), (lifeline.reading, 4),
    ]
    for (source, target) in mapping {
      posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
    }
    // Threads of a pool may have signals blocked, and a child inherits that.
    var attributes = posix_spawnattr_t()
    var signals = sigset_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let own = environment.merging([
      "CELERIAC_BROKER_URL": broker, "SUPERVISE_STATUS_FD": "3", "SUPERVISE_LIFELINE_FD": "4",
    ]) { mine, _ in mine }
    var arguments = Self.cStrings([Self.path] + words)
    var variables = Self.cStrings(own.map { "\($0.key)=\($0.value)" })
    defer { for text in arguments + variables { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, Self.path, &actions, &attributes, &arguments, &variables)
    for descriptor in [output.writing, status.writing, lifeline.reading] { close(descriptor) }
    guard code == 0 else {
      throw ProcessFailure(description: "\(Self.path): errno \(code)")
    }
    self.pid = pid
    self.output = output.reading
    self.lifeline = Mutex(lifeline.writing)
    ending = Mutex(nil)
    if isRead { readOutput() }
    Self.read(status.reading, into: self.status)
  }

  deinit {
    guard ending.withLock({ $0 }) == nil else { return }
    Glibc.kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    endLifeline()
  }

  /// Begins to read the output, after a start at which nobody did.
  func readOutput() { Self.read(output, into: lines) }

  /// Sends a signal.
  func signal(_ signal: Int32) { Glibc.kill(pid, signal) }

  /// Does what the death of the supervisor does.
  func endLifeline() {
    if let descriptor = lifeline.withLock({ $0.take() }) { close(descriptor) }
  }

  /// Waits for a line that contains a text.
  func says(_ text: String) async throws -> Bool {
    try await lines.waits { $0.contains { $0.contains(text) } }
  }

  /// Waits for a word on the status pipe.
  func tells(_ word: String) async throws -> Bool {
    try await status.waits { $0.contains(word) }
  }

  /// Waits for the end; the exit status, or the negative number of the signal that ended it.
  func ends() async throws -> Int32? {
    _ = try await eventually { hasEnded() }
    return ending.withLock { $0 }
  }

  private func hasEnded() -> Bool {
    ending.withLock { ending in
      guard ending == nil else { return true }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return false }
      ending = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
      return true
    }
  }

  // The build puts the fixture beside the tests.
  private static let path: String = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map {
        readlink("/proc/self/exe", $0, bytes.count)
      } ?? 0
    }
    let own = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/CLIFixture"
  }()

  private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  private static func read(_ descriptor: Int32, into recorder: Recorder<String>) {
    DispatchQueue(label: "reader").async {
      defer { close(descriptor) }
      var line: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return }
        for byte in chunk.prefix(count) {
          guard byte == UInt8(ascii: "\n") else {
            line.append(byte)
            continue
          }
          recorder.add(String(decoding: line, as: UTF8.self))
          line = []
        }
      }
    }
  }
}

/// Why a process could not be started.
struct ProcessFailure: Error, CustomStringConvertible {
  let description: String
}

/// The ends of a pipe, far from the numbers that a child is given.
private struct Ends {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw ProcessFailure(description: "pipe: errno \(errno)") }
    reading = fcntl(ends[0], F_DUPFD_CLOEXEC, 20)
    writing = fcntl(ends[1], F_DUPFD_CLOEXEC, 20)
    for end in ends { close(end) }
  }
}
