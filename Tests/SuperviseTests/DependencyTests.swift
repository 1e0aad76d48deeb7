import Glibc
import TestSupport
import Testing

/// What waits for others that end, and that never come.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct DependencyTests {
  @Test func `what waits for one that has failed says so, and is not waited for`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      migrate: sh -c 'exit 1'
      #: after=migrate
      web: sleep 71
      #: after=web
      proxy: sleep 72
      redis: sleep 73
      """
    ])
    try run.start("prod")

    try run.expect("web waits for migrate, which has failed")
    for (name, reason) in [("web", "migrate"), ("proxy", "migrate")] {
      let answer = try run.ask("wait", "--ready", name)
      #expect(answer.code != 0)
      #expect(answer.text.has("\(name) waits for \(reason), which has failed"))
    }
    try run.quit()
  }

  @Test func `where nothing is left that could run it ends as failed`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      migrate: sh -c 'exit 1'
      #: after=migrate
      web: sleep 71
      """
    ])
    try run.start("prod")

    try run.expect("stopping: nothing is left that could run")
    #expect(try run.end() == 70)
  }

  @Test func `what is ready when it is done is waited for to its end`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=on-failure ready=done
      migrate: ./migrate
      #: after=migrate
      web: sh -c 'echo "$(cat steps) then web"; exec sleep 71'
      """,
      "migrate": """
      #!/bin/sh
      # Longer than it takes to count as ready by being alive, and the first time in vain.
      echo step >> steps
      sleep 1.2
      [ "$(wc -l < steps)" -ge 2 ]
      """,
    ])
    try run.start("prod")

    try run.expect("migrate ended: exit code 1; starting it again")
    try run.expect("then web")
    #expect(run.text(of: "steps") == "step\nstep\n")
    try run.quit()
  }
}
