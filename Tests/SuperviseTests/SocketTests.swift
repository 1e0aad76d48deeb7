import Glibc
import TestSupport
import Testing

/// Who finds the control socket, and who may speak to it.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct SocketTests {
  private static let files = [
    "Procfile": "#: ready=fd\nweb: sh -c 'echo READY=1 >&3; exec sleep 71'"
  ]

  @Test func `the socket is its owner's alone, and gone at the end`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    try run.expect("is ready")

    var status = stat()
    #expect(stat(run.path(".supervise/sock"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(status.st_mode & S_IFMT == S_IFSOCK)
    try run.quit()
    #expect(stat(run.path(".supervise/sock"), &status) != 0)
  }

  @Test func `one that is killed leaves no socket`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    try run.expect("is ready")
    run.signal(SIGKILL)
    _ = try run.end()

    #expect(run.survivorsAfterWaiting() == [])
    #expect(access(run.path(".supervise/sock"), F_OK) != 0)
  }

  @Test func `a socket that somebody has left is replaced`() throws {
    let run = try Supervised(Self.files)
    try run.write("", to: ".supervise/lock")
    let binding = run.another()
    try binding.start(
      words: [
        "perl", "-MIO::Socket::UNIX", "-e",
        "IO::Socket::UNIX->new(Local => '.supervise/sock', Listen => 1) or die",
      ])
    #expect(try binding.end() == 0)
    #expect(access(run.path(".supervise/sock"), F_OK) == 0)
    let alone = try run.ask("ps")
    #expect(alone.code == 69)
    #expect(alone.text.has("no supervise runs in \(run.folder); start it there with"))

    let second = run.another()
    try second.start("prod")
    try second.expect("is ready")
    #expect(try second.ask("ps").code == 0)
    try second.quit()
  }

  @Test func `a folder whose path is longer than an address is reached`() throws {
    let run = try Supervised([:])
    let name = String(repeating: "d", count: 120)
    for (file, text) in Self.files { try run.write(text, to: "\(name)/\(file)") }
    let long = Supervised(in: run.path(name))
    try long.start("prod")
    try long.expect("is ready")

    #expect(try long.ask("ps").code == 0)
    #expect(try run.ask("ps", "-C", name).code == 0)
    try long.quit()
  }

  @Test func `a command finds the supervisor from a folder below`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    try run.expect("is ready")
    try run.write("", to: "below/file")

    let below = Supervised(in: run.path("below"))
    #expect(try below.ask("ps").code == 0)
    try run.quit()
  }

  @Test func `processes are told where the socket is`() throws {
    let run = try Supervised(["Procfile": "web: sh -c 'echo at=$SUPERVISE_SOCKET; sleep 71'"])
    try run.start("prod")

    try run.expect("at=\(run.folder)/.supervise/sock")
    try run.quit()
  }

  @Test(.enabled(if: Supervised.canBeStranger, "nobody can be somebody else here"))
  func `another user is refused, even if the socket lets him in`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    try run.expect("is ready")
    // The rights of the file would keep him away already.
    for (name, mode) in [("", 0o755), (".supervise", 0o755), (".supervise/sock", 0o666)] {
      chmod(run.path(name), mode_t(mode))
    }

    let stranger = try Supervised([:])
    let script = """
      use IO::Socket::UNIX;
      $SIG{PIPE} = "IGNORE";  # it is refused before it has asked
      my $s = IO::Socket::UNIX->new(Peer => "\(run.path(".supervise/sock"))") or die "no: $!";
      print $s "{\\"command\\":\\"quit\\"}\\n"; print <$s>;
      """
    try stranger.write(script, to: "ask.pl")
    chmod(stranger.folder, 0o755)
    try stranger.start(
      words: Supervised.asStranger + ["perl", "ask.pl"])

    #expect(try stranger.end() == 0)
    #expect(stranger.output.has(#""code":"denied""#))
    #expect(stranger.output.has("you are 64321"))
    #expect(try run.state(of: "web") == "ready")
    try run.quit()
  }
}
