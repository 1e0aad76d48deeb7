import Glibc
import TestSupport
import Testing

/// Logs, events and metrics, also while a child floods.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct FollowTests {
  @Test func `logs shows the last lines, also of the process before`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web\nother: sh -c 'echo other speaks >&2; sleep 71'",
      "web": """
      #!/bin/sh
      echo "one"; echo "two"; echo "$$ is up"
      exec sleep 71
      """,
    ])
    try run.start("prod")
    let pid = try #require(try run.expect(" is up").number(after: "| "))
    kill(pid, SIGKILL)
    try run.expect(" is up")

    let all = try run.ask("logs", "web")
    #expect(all.code == 0)
    #expect(all.text.split(separator: "\n").count == 6)
    #expect(all.text.hasPrefix("one\ntwo\n\(pid) is up\none\n"))
    let last = try run.ask("logs", "-n", "2")
    #expect(last.text.split(separator: "\n").count == 2)
    #expect(last.text.has("web   | two\n"))
    #expect(try run.ask("logs", "other").text == "other speaks\n")
    #expect(try run.ask("logs", "nobody").code == 64)
    try run.quit()
  }

  @Test func `logs follows what comes, of those that were named`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web\nother: sh -c 'while :; do echo noise; sleep 0.01; done'",
      "web": """
      #!/bin/sh
      trap 'echo asked; printf "in pieces: "; sleep 0.1; echo done' USR1
      echo up
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod")
    try run.expect("| up")

    let follower = run.another()
    try follower.start("logs", "-f", "web")
    try follower.expect("up")
    try run.ask("signal", "USR1", "web").expectSuccess()
    try follower.expect("asked")
    try follower.expect("in pieces: done")
    #expect(!follower.output.has("noise"))

    try run.quit()
    #expect(try follower.end() == 69)
    #expect(follower.output.has("supervise has ended"))
  }

  @Test(arguments: [true, false])
  func `a terminal gets the colours of logs, and nothing that moves it`(raw: Bool) throws {
    let run = try Supervised([
      "Procfile": "web: ./web",
      "web": #"""
      #!/bin/sh
      printf '\033[2Jclear\n\033[31mred\nend\n'
      exec sleep 71
      """#,
    ])
    try run.start("prod")
    try run.expect("| end")

    let terminal = try TerminalSession(
      in: run, ["logs", "web"] + (raw ? ["--raw"] : []), environment: ["TERM": "xterm"])
    try terminal.expect("end")
    #expect(terminal.output.contains("\u{1B}[2J") == raw)
    #expect(try terminal.end() == 0)
    #expect(try !run.ask("logs", "web").text.contains("\u{1B}"))
    try run.quit()
  }

  @Test func `events tell of starts, ends and states`() throws {
    let run = try Supervised(["Procfile": "web: sleep 71"])
    try run.start("prod")
    try run.expect("web started")
    try run.ask("wait", "--ready", "web").expectSuccess()
    let events = run.another()
    try events.start("events", "--json")
    try events.expect(#"{"event":"listening""#)
    let reader = run.another()
    try reader.start("events")
    try reader.expect("listening")

    try run.ask("restart", "web").expectSuccess()

    try events.expect(#""kind":"web","pid":"#)
    let text = try [
      #""from":"ready","to":"stopping""#, #""exit":"SIGTERM""#, #""event":"started""#,
      #""from":"starting","to":"ready""#, #"{"event":"reload""#,
    ].map { text in try events.output.has(text) ? text : events.expect(text) }
    #expect(text.count == 5)
    let line = try reader.expect("web: starting → ready")
    #expect(line.contains(#/^\d\d:\d\d:\d\d\.\d\d\d web: /#))
    try run.quit()
    _ = try events.end()
    _ = try reader.end()
  }

  @Test func `metrics count lines and restarts`() throws {
    let run = try Supervised([
      "Procfile": "web: sh -c 'echo a; echo b; echo c >&2; echo up; exec sleep 71'"
    ])
    try run.start("prod")
    try run.expect("| up")
    try run.ask("restart", "web").expectSuccess()

    let text = try run.ask("metrics").text
    let labels = #"{process="web",kind="web""#
    #expect(text.has("supervise_process_restarts_total\(labels)} 1\n"))
    #expect(text.has("supervise_process_log_lines_total\(labels),stream=\"stdout\"} 6\n"))
    #expect(text.has("supervise_process_log_lines_total\(labels),stream=\"stderr\"} 2\n"))
    #expect(text.has("supervise_process_up\(labels)} 1\n"))
    #expect(text.has("supervise_reloads_total{outcome=\"done\"} 1\n"))
    try run.quit()
  }

  @Test func `the socket answers at once while children flood and followers stall`() throws {
    let run = try Supervised([
      "Procfile": "flood: yes 'a line of a usual length, as programs write them'"
    ])
    try run.start("prod", "-c", "flood=3")
    try run.expect("a line of a usual length")
    // Reads nothing, so that it and the supervisor's own output are full soon.
    let stalled = run.another()
    try stalled.start("logs", "-f")
    try stalled.expect("a line of a usual length")
    let socket = try ControlSocket(run.path(".supervise/sock"))
    defer { socket.close() }

    var times: [Duration] = []
    for _ in 0..<40 {
      let began = ContinuousClock.now
      let answer = try ControlSocket(run.path(".supervise/sock")).ask(#"{"command":"ps"}"#)
      times.append(ContinuousClock.now - began)
      #expect(answer.hasPrefix(#"{"ok":true,"processes":["#))
      // Reads on for a moment, so that the pipes are not always full.
      _ = try run.expect("a line of a usual length")
    }
    times.sort()
    #expect(times[20] < .milliseconds(50), "\(times)")

    stalled.signal(SIGKILL)
    run.signal(SIGKILL)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `who comes while a line is written gets it whole`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web",
      "web": """
      #!/bin/sh
      trap 'echo "third"; printf "the last words"; exit 1' USR1
      echo "up as $$"; printf "first, "
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod")
    let pid = try #require(try run.expect("up as").number(after: "up as "))
    let end = ContinuousClock.now + .seconds(20)
    while try !run.ask("logs").text.has("first, ") {
      try #require(ContinuousClock.now < end, "the beginning of the line did not come")
    }
    let follower = run.another()
    try follower.start("logs", "-f", "-n", "5")
    try follower.expect("up as \(pid)")

    kill(pid, SIGUSR1)
    try follower.expect("the last words")
    #expect(follower.output.hasPrefix("up as \(pid)\nfirst, third\nthe last words\n"))
    try run.quit()
    #expect(try follower.end() == 69)
  }

  @Test func `who reads too slowly misses lines, and is told how many`() throws {
    let run = try Supervised(["Procfile": "flood: sh -c 'seq -f \"line %.0f\" 9999999; sleep 71'"])
    try run.start("prod")
    try run.expect("| line ")
    let slow = try ControlSocket(run.path(".supervise/sock"))
    slow.say(#"{"command":"logs","lines":0,"follow":true}"#)
    defer { slow.close() }

    // The supervisor's own output is read all the while, so that the flood goes on.
    for _ in 0..<20_000 { try run.expect("| line ") }

    let mark = #"{"left_out":"#
    let text = slow.read(until: mark)
    #expect(text.has(mark), "\(text.suffix(300))")
    // Up to there nothing is missing.
    let whole = text.split(separator: mark, maxSplits: 1)[0]
    let lines = whole.split(separator: "\n")
    #expect(lines.allSatisfy { String($0).has(#""line":"line "#) }, "\(lines.first ?? "")")
    let numbers = lines.compactMap { $0.split(separator: "line ").last }
      .compactMap { Int($0.prefix { $0.isNumber }) }
    #expect(numbers.count > 100)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 })
    run.signal(SIGKILL)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `whoever says nothing, or nonsense, is no burden`() throws {
    let run = try Supervised(["Procfile": "web: sleep 71"])
    try run.start("prod")
    try run.expect("web started")
    let path = run.path(".supervise/sock")
    let silent = try (0..<50).map { _ in try ControlSocket(path) }

    #expect(try ControlSocket(path).ask("nonsense").has("the request is no JSON"))
    #expect(try ControlSocket(path).ask("{}").has("bad-request"))
    #expect(
      try ControlSocket(path).ask(String(repeating: "x", count: 100_000)).has("at most 64 KiB"))
    #expect(try run.ask("ps").code == 0)
    silent.forEach { $0.close() }
    try run.quit()
  }
}
