import ArgumentParser
import Glibc
import SuperviseKit

/// The command `supervise ps`.
struct Ps: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the processes: state, pid, since when, restarts, processor, memory, port.",
    discussion: """
      CPU is the share of one processor in the fifth of a second that this takes, and
      RSS the memory, both with all descendants. With --json it is all processor time
      so far. BUSY counts tasks in hand, where a process tells of them.
      '(old)' behind a BUILD: a newer one is there.
      """)

  @OptionGroup var whom: Where
  @Flag(help: "As a JSON array, for programs.") var json = false
  @Argument(help: "Only these.", completion: .custom(runningNames)) var names: [String] = []

  func run() throws {
    let answer = try whom.ask(.status(names))
    guard !json else { return print((answer["processes"] ?? .array([])).line) }
    let before = Self.rows(answer)
    ControlClient.pause(.milliseconds(200))
    let rows = Self.rows(try whom.ask(.status(names))).map { $0.compared(with: before) }
    print(ProcessTable(rows, colour: isColourful).text, terminator: "")
  }

  private static func rows(_ answer: JSON) -> [ProcessStatus] {
    (answer["processes"]?.array ?? []).compactMap { ProcessStatus($0) }
  }
}

/// The command `supervise logs`.
struct Logs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the last lines of processes, and with -f those that come.",
    discussion: """
      At least the last 32 KiB of each process are there, also those of the process
      before the one that runs. Of one process the lines come alone; of several, with
      its name before each. Colours pass to a terminal; what clears the screen or moves
      the cursor does not, unless --raw is given.
      """)

  @OptionGroup var whom: Where
  @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on with what comes.")
  var follow = false
  @Option(name: [.customShort("n"), .customLong("lines")], help: "How many of the last lines.")
  var lines = 20
  @Flag(help: "Each line as a JSON object, for programs.") var json = false
  @Flag(help: "Lines as they were written, with all that is for a terminal.") var raw = false
  @Argument(help: "Processes or kinds; all without this.", completion: .custom(runningNames))
  var names: [String] = []

  func validate() throws {
    guard lines >= 0 else { throw ValidationError("-n cannot be below zero.") }
  }

  func run() throws {
    let rows = try whom.ask(.status(names))["processes"]?.array ?? []
    let width = Set(rows.compactMap { $0["name"]?.text }).map(\.count).max() ?? 0
    let style = LogStyle.ofClient(
      isTerminal: isatty(STDOUT_FILENO) == 1, colour: isColourful, raw: raw)
    let isOne = Set(rows.compactMap { $0["name"]?.text }).count == 1
    try whom.follow(.logs(names, lines: lines, follow ? .follows : .stops)) { line in
      if json { return show(line.line) }
      if let count = line["left_out"]?.integer {
        return show("… \(count) lines left out, as they came too fast")
      }
      guard let name = line["proc"]?.text, let text = line["line"]?.text else { return }
      let mark = line["stream"]?.text == "stderr" ? "!" : "|"
      let padding = String(repeating: " ", count: max(0, width - name.count))
      let shown = style.shown(text)
      show(isOne ? shown : "\(style.shown(name: name))\(padding) \(mark) \(shown)")
    }
  }
}

/// The command `supervise attach`.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sits down at the terminal of a process that has one (pty=true).",
    discussion: """
      What is typed goes to it, what it writes comes here and to the log. Ctrl-] leaves
      it as it is.
      """)

  @OptionGroup var whom: Where
  @Argument(help: "The process.", completion: .custom(runningNames)) var name: String

  func run() throws {
    try answered { () throws(ControlError) in
      try ControlClient.attach(to: name, at: whom.socket) { name in
        show("attached to \(name); Ctrl-] leaves it")
      }
    }
    show("")
  }
}

/// The command `supervise events`.
struct Events: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows each change as it comes: starts, ends, states, reloads.",
    discussion: "With --json the time, 'ms', is in milliseconds since 1970.")

  @OptionGroup var whom: Where
  @Flag(help: "Each event as a JSON object, for programs.") var json = false

  func run() throws {
    var stamp = LogStamp(LogStyle())
    try whom.follow(.events) { event in
      if json { return show(event.line) }
      guard let text = Self.text(of: event), let time = event["ms"]?.integer else { return }
      stamp.set(seconds: time / 1000, nanoseconds: time % 1000 * 1_000_000)
      show("\(stamp)\(text)")
    }
  }

  /// What a person is told of it; nil of what is for programs only.
  private static func text(of event: JSON) -> String? {
    let name = event["name"]?.text ?? ""
    let pid = event["pid"]?.integer.map { ", pid \($0)" } ?? ""
    return switch event["event"]?.text {
    case "listening": "listening; Ctrl-C ends this"
    case "state": "\(name): \(event["from"]?.text ?? "") → \(event["to"]?.text ?? "")"
    case "started": "\(name): started\(pid)"
    case "ended": "\(name): ended, \(event["exit"]?.text ?? "")\(pid)"
    case "reload": event["text"]?.text
    default: nil
    }
  }
}

/// The command `supervise metrics`.
struct Metrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints counters and gauges in the text form of Prometheus.",
    discussion: """
      For a scrape without a port of its own, let node_exporter's textfile collector
      read what a timer writes:

          supervise metrics -C /srv/app > /var/lib/node_exporter/supervise.prom
      """)

  @OptionGroup var whom: Where

  func run() throws {
    print(try whom.ask(.metrics)["text"]?.text ?? "", terminator: "")
  }
}

/// Shows a line at once, also in a pipe.
private func show(_ line: String) {
  print(line)
  fflush(nil)
}
