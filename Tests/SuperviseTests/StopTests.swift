import Glibc
import TestSupport
import Testing

/// What is left when `supervise` ends, by whatever children it had: nothing.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct StopTests {
  @Test func `Ctrl-C ends all, dependents first, and leaves with 0`() throws {
    let run = try Supervised([
      "Procfile": """
      redis: ./polite redis
      #: after=redis
      worker: ./polite worker
      """,
      "polite": """
      #!/bin/sh
      trap 'echo $1 says goodbye; exit 0' TERM
      echo $1 runs
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("dev", "-c", "worker=2")
    try run.expect("worker runs")
    try run.expect("worker runs")

    run.signal(SIGINT)

    #expect(try run.end() == 0)
    let farewells = run.lines.filter { $0.has("says goodbye") }
    #expect(farewells.count == 3)
    #expect(farewells.last?.has("redis says goodbye") == true)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `what a stop of one waits for is said, in the log and to whoever asked`() throws {
    let run = try Supervised([
      "Procfile": """
      #: stop=TERM:20s
      stub: sh -c 'trap "" TERM; echo BUSY=2 >&3; echo up; while [ ! -e go ]; do sleep 0.01; done'
      other: sleep 98
      """
    ])
    try run.start("prod")
    try run.expect("| up")

    let asking = run.another()
    try asking.start("stop", "stub")
    try run.expect(" still runs, 2 tasks in hand; its group gets TERM in 1")
    try asking.expect("still runs, 2 tasks in hand; its group gets TERM in 1")
    try run.write("", to: "go")

    try asking.expect("stopped stub")
    #expect(try asking.end() == 0)
    try run.quit()
  }

  @Test func `one that still finishes its work after a reload has no longer than the others`()
    throws
  {
    let run = try Supervised([
      "Procfile": "#: reload=drain drain=10m stop=TERM:1s\nmain: ./main",
      "main": """
      #!/bin/sh
      terms=0
      trap 'terms=$((terms + 1)); echo asked; [ $terms -eq 1 ] || exit 0' TERM
      echo up $PS
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod", "-c", "main=2")
    try run.expectAll("up main.1", "up main.2")
    try run.ask("scale", "main=1").expectSuccess()
    try run.expect("asked")

    run.signal(SIGTERM)

    // Its group hears the second TERM.
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `in development a hangup is the end of all`() throws {
    let run = try Supervised(["Procfile": "main: sh -c 'echo up; exec sleep 61'"])
    try run.start("dev")
    try run.expect("| up")

    run.signal(SIGHUP)

    try run.expect("stopping: SIGHUP")
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `one that ignores TERM is killed by the third Ctrl-C`() throws {
    let run = try Supervised(["Procfile": #"stub: sh -c 'trap "" TERM INT; echo up; sleep 99'"#])
    try run.start("dev")
    try run.expect("| up")

    run.signal(SIGINT)
    try run.expect("stopping: Ctrl-C")
    run.signal(SIGINT)
    try run.expect("not waiting any longer")
    run.signal(SIGINT)

    #expect(try run.end() == 3)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `one that ignores TERM is killed when its time is over`() throws {
    let run = try Supervised([
      "Procfile": """
      #: stop=TERM:100ms
      stub: sh -c 'trap "" TERM; echo up; while :; do sleep 9; done'
      """
    ])
    try run.start("dev")
    try run.expect("| up")

    run.signal(SIGTERM)

    try run.expect("sending SIGTERM to its group")
    try run.expect("waiting: stub pid")
    try run.expect("sending SIGKILL to its group")
    #expect(try run.end() == 3)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `only those that were asked are said to be awaited`() throws {
    let run = try Supervised([
      "Procfile": """
      redis: ./deaf redis
      #: after=redis stop=5s
      worker: ./deaf worker
      """,
      "deaf": """
      #!/bin/sh
      [ $1 = worker ] && trap '' TERM
      echo BUSY=1 >&3; echo up
      while :; do sleep 9; done
      """,
    ])
    try run.start("prod")
    try run.expect("| up")
    try run.expect("| up")

    run.signal(SIGTERM)

    let line = try run.expect("waiting: ")
    #expect(line.has("worker pid"))
    #expect(line.has("still runs, 1 task in hand"))
    run.signal(SIGTERM)
    run.signal(SIGTERM)
    #expect(try run.end() == 3)
    #expect(!run.output.has("waiting: redis"))
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `QUIT is quick`() throws {
    let run = try Supervised(["Procfile": #"stub: sh -c 'trap "" TERM; echo up; sleep 99'"#])
    try run.start("prod")
    try run.expect("| up")
    let began = ContinuousClock.now

    run.signal(SIGQUIT)

    #expect(try run.end() == 3)
    #expect(ContinuousClock.now - began < .seconds(3))
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `grandchildren in the group go with their leader`() throws {
    let run = try Supervised([
      "Procfile": "parent: sh -c 'sleep 98 & sleep 97 & echo up; exec sleep 96'"
    ])
    try run.start("dev")
    try run.expect("| up")

    run.signal(SIGINT)

    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a daemon that left its group goes last, and is named`() throws {
    let run = try Supervised([
      "Procfile": "parent: sh -c 'setsid sh -c \"trap : HUP; sleep 98\" & sleep 0.2; exit 0'"
    ])
    try run.start("prod", "-c", "parent=1")
    try run.expect("parent started")
    try run.expect("parent ended")

    run.signal(SIGINT)

    try run.expect("was left behind by parent; ending it")
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a build that is on ends with all that it has started, without a word`() throws {
    let run = try Supervised([
      "Procfile": "redis: sleep 79",
      "src": "",
      "compile": """
      #!/bin/sh
      setsid sleep 78 &
      echo compiling
      wait
      """,
    ])
    try run.start("dev", "--build", "./compile", "--watch", "src")
    try run.expect("compiling")

    run.signal(SIGINT)

    #expect(try run.end() == 0)
    #expect(!run.output.has("left behind"))
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a daemon that ignores TERM is killed`() throws {
    let run = try Supervised([
      "Procfile": #"""
      #: restart=never
      parent: sh -c 'setsid ./deaf & until [ -e deafness ]; do sleep 0.01; done'
      other: sleep 99
      """#,
      "deaf": """
      #!/bin/sh
      trap '' TERM
      touch deafness
      while :; do sleep 9; done
      """,
    ])
    try run.start("dev")
    try run.expect("parent is done")

    run.signal(SIGINT)

    #expect(try run.end() == 3)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `one that holds the pipe open does not hold up the end`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      parent: sh -c 'setsid sleep 95 & echo hi'
      """
    ])
    let began = ContinuousClock.now
    try run.start("prod")

    #expect(try run.end() == 0)
    #expect(ContinuousClock.now - began < .seconds(5))
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `killed without a chance it takes its children along`() throws {
    let run = try Supervised([
      "Procfile": """
      child: sleep 94
      reader: sh -c 'trap "" TERM; sleep 93 & read line <&4; kill -KILL $!'
      """
    ])
    try run.start("dev")
    try run.expect("child started")
    try run.expect("reader started")

    run.signal(SIGKILL)

    #expect(try run.end() == 128 + SIGKILL)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `nobody reads the output, and yet it stops in time`() throws {
    let run = try Supervised(["Procfile": "yes: yes stalled"])
    try run.start("prod")
    try run.expect("stalled")

    run.signal(SIGTERM)
    usleep(300_000)  // the pipe is full and nobody reads it meanwhile

    let began = ContinuousClock.now
    #expect(try run.end() == 0)
    #expect(ContinuousClock.now - began < .seconds(5))
    #expect(run.survivorsAfterWaiting() == [])
  }
}
