import TestSupport
import Testing

/// The command that waits until processes are ready.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct WaitTests {
  @Test func `wait ends when it is ready, and may begin before anything runs`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd\nweb: ./web",
      "web": "#!/bin/sh\nuntil [ -e go ]; do sleep 0.01; done\necho READY=1 >&3\nexec sleep 71\n",
    ])
    let early = run.another()
    try early.start("wait", "--ready", "web", "--timeout", "15s")
    try run.start("prod")
    try run.expect("web started")

    let late = try run.ask("wait", "--ready", "web", "--timeout", "50ms")
    #expect(late.code == 124)
    #expect(late.text.has("not ready within 50 ms: web is starting"))
    try run.write("", to: "go")

    #expect(try early.end() == 0)
    try run.quit()
  }

  @Test func `wait gives up at once where there is nothing to wait for`() throws {
    let run = try Supervised(["Procfile": "#: restart=never\nweb: sh -c 'exit 4'\nother: sleep 71"])
    try run.start("prod")
    try run.expect("web ended")

    let answer = try run.ask("wait", "--ready", "web")

    #expect(answer.code == 1)
    #expect(answer.text.has("web was given up on: exit code 4"))
    try run.quit()
  }
}
