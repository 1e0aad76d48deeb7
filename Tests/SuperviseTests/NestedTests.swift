import Glibc
import TestSupport
import Testing

/// A `supervise` among the processes of another one.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct NestedTests {
  private static let files = [
    "Procfile": """
    #: restart=never
    nested: sh -c 'cd inner && exec $SUPERVISE prod'
    #: ready=none
    worker: sleep 54
    """,
    "inner/Procfile": "worker: ./leaver",
    "inner/leaver": """
    #!/bin/sh
    setsid sh -c 'trap "" HUP; echo $$ >daemon; exec sleep 53' &
    until [ -s daemon ]; do sleep 0.01; done
    echo "left a daemon, predecessor=$SUPERVISE_PREDECESSOR."
    exec sleep 52
    """,
  ]

  private func start() throws -> Supervised {
    let run = try Supervised(
      Self.files, environment: ["SUPERVISE": Supervised.builtPath("supervise")])
    try run.start("prod")
    return run
  }

  @Test func `what the inner one leaves is not taken for a process of the outer one`() throws {
    let run = try start()
    let inner = try #require(try run.expect("nested started").number(after: "pid "))
    try run.expect("left a daemon")
    let daemon = try #require(pid_t(run.text(of: "inner/daemon").prefix { $0 != "\n" }))
    // The two ways in which the inner one would have ended it.
    let children = run.text(ofFile: "/proc/\(inner)/task/\(inner)/children")
    kill(inner, SIGSTOP)
    for child in children.split(separator: " ").compactMap({ pid_t($0) })
    where run.text(ofFile: "/proc/\(child)/comm") == "supervise-guard\n" {
      kill(child, SIGKILL)
    }
    kill(inner, SIGKILL)
    try run.expect("nested ended: SIGKILL")

    run.signal(SIGTERM)

    try run.expect("pid \(daemon), was left behind; ending it")
    #expect(try run.end() == 0)
    #expect(!run.output.has("left behind by worker"))
    #expect(run.survivorsAfterWaiting() == [])
  }
}

extension Supervised {
  fileprivate func text(ofFile path: String) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let count = max(0, read(file, &bytes, bytes.count))
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
