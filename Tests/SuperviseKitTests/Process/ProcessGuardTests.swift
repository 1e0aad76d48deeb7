import CLinux
import Glibc
import Testing

@testable import SuperviseKit

/// What the guard does that is not seen from outside a supervisor.
@Suite(.timeLimit(.minutes(1)))
struct ProcessGuardTests {
  @Test func `a number that others have got since its group has ended is not hit`() throws {
    let table = try #require(cel_guard_table(3))
    defer { munmap(table, 3 * MemoryLayout<cel_guarded>.stride) }
    let stranger = try Member()
    let patient = try Member()
    try patient.beginGroup()
    table[0] = cel_guarded(patience: 0, group: stranger.pid)
    table[1] = cel_guarded(patience: 120_000, group: patient.pid)
    let guardian = try Self.startGuard(table, count: 3)

    #expect(Self.hasLeft(table))
    try stranger.beginGroup()
    // The second time it has looked at everything since then.
    for _ in 1...2 {
      table[2] = cel_guarded(patience: 0, group: .max)
      #expect(Self.hasLeft(table + 2))
    }
    #expect(table[1].group == patient.pid)
    patient.end()

    #expect(waitpid(guardian, nil, 0) == guardian)
    #expect(stranger.isAlive)
  }

  /// A guard whose supervisor is gone.
  private static func startGuard(
    _ table: UnsafeMutablePointer<cel_guarded>, count: Int32
  ) throws -> pid_t {
    let lifeline = try Descriptor.pipe(ours: nil)
    let pid = "SUPERVISE_ID=nobody-".withCString { mark in
      var what = cel_guard()
      what.lifeline = lifeline.reading.number
      what.mark = mark
      what.groups = table
      what.group_count = count
      return cel_guard_start(&what)
    }
    try #require(pid > 0)
    return pid
  }

  private static func hasLeft(_ place: UnsafeMutablePointer<cel_guarded>) -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while place.pointee.group != 0, ContinuousClock.now < end { usleep(1000) }
    return place.pointee.group == 0
  }
}

/// A process of the tests' own group that begins a group when it is told to.
private final class Member {
  let pid: pid_t
  private var input: Descriptor?
  private let output: Descriptor

  init() throws {
    let (input, output) = (try Descriptor.pipe(ours: nil), try Descriptor.pipe(ours: nil))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reading.number, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing.number, 1)
    let script = "$| = 1; <STDIN>; setpgrp(0, 0); print qq(done\\n); <STDIN>"
    let command: [String] = ["perl", "-e", script]
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, "perl", &actions, nil, &words, environ)
    try #require(code == 0)
    self.pid = pid
    self.input = input.writing
    self.output = output.reading
  }

  deinit { end() }

  func beginGroup() throws {
    let written = write(input?.number ?? -1, "\n", 1)
    try #require(written == 1)
    var answer = [UInt8](repeating: 0, count: 5)
    let count = read(output.number, &answer, 5)
    try #require(count == 5)
  }

  var isAlive: Bool { waitpid(pid, nil, WNOHANG) == 0 }

  /// It ends when its input does.
  func end() {
    guard input != nil else { return }
    input = nil
    waitpid(pid, nil, 0)
  }
}
