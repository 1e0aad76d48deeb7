import Glibc
import TestSupport
import Testing

/// What processes tell of themselves, on descriptor 3 or by sd_notify.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct StatusTests {
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
