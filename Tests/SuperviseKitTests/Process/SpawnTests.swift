import CLinux
import Glibc
import Testing

@testable import SuperviseKit

/// What a child begins with, and how it is told that it could not begin.
@Suite(.timeLimit(.minutes(1)))
struct SpawnTests {
  @Test func `a child blocks and ignores no signal, and its parent the same as before`() throws {
    signal(SIGPIPE, SIG_IGN)
    var usual = sigset_t()
    var one = sigset_t()
    sigemptyset(&one)
    sigaddset(&one, SIGUSR1)
    pthread_sigmask(SIG_BLOCK, &one, &usual)
    defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
    let before = Self.blocked

    let text = try Self.output(of: ["/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"])

    let none = "0000000000000000"
    #expect(text == "SigBlk:\t\(none)\nSigIgn:\t\(none)\n")
    #expect(Self.blocked == before)
    #expect(before.contains(SIGUSR1))
  }

  @Test(arguments: [false, true])
  func `whoever cannot begin is told why, and leaves no child`(asAnother: Bool) throws {
    guard !asAnother || getuid() == 0 else { return }
    func start(_ path: String, in directory: String? = nil) -> pid_t {
      Self.start([path], in: directory, asUser: asAnother ? 65_534 : nil).pid
    }

    #expect(start("/nowhere") == -ENOENT)
    #expect(start("/etc/passwd") == -EACCES)
    #expect(start("/bin/true", in: "/nowhere") == -ENOENT)
    #expect(start("/bin/true", in: "/etc/passwd") == -ENOTDIR)
  }

  @Test func `one that becomes another user is that user with all that belongs to it`() throws {
    guard getuid() == 0 else { return }

    let text = try Self.output(of: ["/usr/bin/id"], asUser: 65_534)

    #expect(text.hasPrefix("uid=65534"))
    #expect(text.contains("gid=65533"))
    #expect(text.contains("groups=65533"))
    #expect(getuid() == 0)
  }

  private static var blocked: [Int32] {
    var set = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &set)
    return (1..<32).filter { sigismember(&set, $0) == 1 }
  }

  private static func output(of words: [String], asUser user: uid_t? = nil) throws -> String {
    let ends = try Descriptor.pipe(ours: nil)
    let (pid, handle) = start(words, output: ends.writing.number, asUser: user)
    try #require(pid > 0)
    close(handle)
    var status: Int32 = -1
    waitpid(pid, &status, 0)
    #expect(status == 0)
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(ends.reading.number, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  private static func start(
    _ words: [String], output: Int32 = -1, in directory: String? = nil, asUser user: uid_t?
  ) -> (pid: pid_t, handle: Int32) {
    var handle: Int32 = -1
    let pid = CStrings.with(words) { arguments in
      CStrings.with(["PATH=/usr/bin:/bin"]) { variables in
        words[0].withCString { path in
          (directory ?? "/").withCString { directory in
            var what = cel_spawn()
            what.path = path
            what.image = -1
            what.arguments = UnsafePointer(arguments)
            what.environment = UnsafePointer(variables)
            what.directory = directory
            what.descriptors = (-1, output, -1, -1, -1)
            if let user {
              what.changes = Int32(CEL_USER)
              what.user = user
              what.group = 65_533
            }
            return cel_spawn(&what, &handle)
          }
        }
      }
    }
    return (pid, handle)
  }
}
