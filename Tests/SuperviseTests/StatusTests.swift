import Glibc
import TestSupport
import Testing

/// What processes tell of themselves, on descriptor 3 or by sd_notify.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct StatusTests {
  private static let bySocket = #"""
    #!/usr/bin/perl
    use Socket;
    socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die;
    my $name = $ENV{NOTIFY_SOCKET};
    $name =~ s/^@/\0/;
    send($socket, "READY=1", 0, pack_sockaddr_un($name)) or die;
    """#

  private static let byPipe = "#!/bin/sh\necho READY=1 >&3\n"

  @Test(arguments: [bySocket, byPipe])
  func `a hundred that say that they are ready, and end, are all heard`(program: String) throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=fd restart=never
      brief: ./brief
      #: after=brief
      other: sleep 51
      """,
      "brief": program,
    ])
    try run.start("prod", "-c", "brief=100")
    try run.expect("other started", within: .seconds(40))

    for number in 1...100 {
      #expect(run.count(of: "brief.\(number) is ready after") == 1)
    }
    #expect(run.count(of: "closed its status pipe") == 0)
    try run.quit()
  }

  @Test func `one that closes its status pipe and runs on is told of once`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=none
      web: ./web
      """,
      "web": "#!/bin/sh\nexec 3>&-\necho pid=$$\nexec sleep 50\n",
    ])
    try run.start("prod")
    let pid = try #require(try run.expect("pid=").number(after: "pid="))
    try run.expect("web has closed its status pipe (descriptor 3) and runs on")
    kill(pid, SIGKILL)
    try run.expect("pid=")

    // This one's turn comes later.
    try run.ask("scale", "web=2").expectSuccess()
    try run.expect("web.2 has closed its status pipe")

    #expect(run.count(of: "closed its status pipe") == 2)
    #expect(run.count(of: "starting it again") == 1)
    #expect(try run.state(of: "web.1") == "ready")
    try run.quit()
  }
}
