import Glibc
import TestSupport
import Testing

/// What waits for others that end, and that never come.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct DependencyTests {
  private static let failing = """
    #: restart=never
    migrate: sh -c 'exit 1'
    #: after=migrate
    web: sleep 71

    """

  @Test func `what waits for one that has failed says so, and is not waited for`() throws {
    let run = try Supervised([
      "Procfile": Self.failing + """
        #: after=web
        proxy: sleep 72
        redis: sleep 73
        """
    ])
    try run.start("prod")

    try run.expect("web, proxy wait for migrate, which has failed")
    for (name, reason) in [("web", "migrate"), ("proxy", "migrate")] {
      let answer = try run.ask("wait", "--ready", name)
      #expect(answer.code != 0)
      #expect(answer.text.has("\(name) waits for \(reason), which has failed"))
    }
    try run.quit()
  }

  @Test func `where nothing is left that could run it ends as failed`() throws {
    let run = try Supervised(["Procfile": Self.failing])
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

  @Test func `who asks for one that cannot start learns why, at once`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      mig: sh -c "test -e there"
      #: after=mig
      web: sleep 71
      other: sleep 72
      """
    ])
    try run.start("prod")
    try run.expect("web waits for mig, which has failed")

    for words in [["start", "web"], ["restart", "web"], ["wait", "--ready", "web"]] {
      let answer = try run.ask(words)
      #expect(answer.code == 1)
      #expect(answer.text.has("web waits for mig, which has failed"), "\(words): \(answer.text)")
    }
    try run.write("", to: "there")
    try run.ask("start", "mig").expectSuccess()
    try run.expect("web started")
    try run.quit()
  }

  @Test func `a singleton says whose end it waits for`() throws {
    let run = try Supervised([
      "Procfile": """
      #: singleton=true
      one: sh -c 'sh -c "trap : TERM; echo up; while :; do sleep 0.01; done" & wait'
      """
    ])
    try run.start("prod")
    let pid = try #require(try run.expect("one started, pid ").number(after: "pid "))
    try run.expect("| up")

    kill(pid, SIGKILL)
    try run.expect("one ended")

    let end = ContinuousClock.now + .seconds(4)
    var told = ""
    repeat { told = try run.ask("ps").text } while !told.has("waiting") && ContinuousClock.now < end
    #expect(told.has("waiting (for the rest of pid \(pid))"), "\(told)")
    run.signal(SIGQUIT)
    _ = try run.end()
  }

  @Test func `what runs only once is waited for to its end without a word`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      mig: sh -c 'while [ ! -e go ]; do sleep 0.01; done; echo migrated'
      #: after=mig
      web: sh -c 'echo web is up; exec sleep 71'
      other: sleep 72
      """
    ])
    try run.start("prod")
    // Alive for a second is what makes others ready.
    try run.ask("wait", "--ready", "other").expectSuccess()
    #expect(try run.state(of: "mig") == "starting")
    #expect(try run.state(of: "web") == "waiting")

    try run.write("", to: "go")

    try run.expect("web is up")
    #expect(try run.lines.order("migrated", "web is up"))
    try run.quit()
  }
}
