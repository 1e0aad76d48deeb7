import ArgumentParser
import Glibc
import SuperviseKit

/// Which running supervisor a command is meant for.
struct Where: ParsableArguments {
  @Option(
    name: [.customShort("C"), .customLong("directory")],
    help: ArgumentHelp(
      "The folder that is supervised; otherwise this one, or the nearest above it that is.",
      valueName: "folder"),
    completion: .directory)
  var folder: String?

  var socket: String { ControlAddress.found(folder: folder) }

  /// Sends a request and waits for its one answer.
  @discardableResult
  func ask(_ request: ControlRequest) throws -> JSON {
    try answered { () throws(ControlError) in
      try ControlClient.ask(request, at: socket) { text in
        say("waiting: \(text)")
      }
    }
  }

  /// Sends a request and hands on each line of what comes back, until its last one.
  func follow(_ request: ControlRequest, _ body: (JSON) -> Void) throws {
    try answered { () throws(ControlError) in
      let client = try ControlClient(path: socket)
      client.send(request)
      while let line = try client.next() {
        if line["ok"] != nil { return }
        body(line)
      }
      throw ControlError(.unreachable, "supervise has ended")
    }
  }
}

/// What a supervisor has answered, or an exit with its reason on standard error.
func answered<Result>(_ ask: () throws(ControlError) -> Result) throws -> Result {
  do throws(ControlError) {
    return try ask()
  } catch {
    throw complain(error, leavingWith: error.exitCode)
  }
}

/// One or more processes that there are.
struct Which: ParsableArguments {
  @Argument(
    help: "Processes: worker.2, worker for all of its kind, or all.",
    completion: .custom(runningNames))
  var names: [String]
}

/// Whether a command waits until what it has asked for is so.
struct Patience: ParsableArguments {
  @Flag(name: .customLong("no-wait"), help: "Do not wait until it is done.")
  var noWait = false

  @Option(
    help: ArgumentHelp("Wait no longer than this, and leave with 124.", valueName: "time"),
    transform: time)
  var timeout: Duration?

  var completion: ControlRequest.Completion { noWait ? .accepted : .reached(within: timeout) }
}

/// `30s`, `500ms`, `2m`, or a number of seconds.
@Sendable func time(_ text: String) throws -> Duration {
  guard let time = ProcessOptions.duration(text[...]) else {
    throw ValidationError("'\(text)' is no time such as 30s, 500ms or 2m.")
  }
  return time
}

/// For the completion in shells: the names of what runs, or nothing.
@Sendable func runningNames(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
  let rows = runningProcesses()
  return rows.isEmpty ? [] : unique(rows.flatMap { [$0.kind, $0.name] } + ["all"])
}

/// For the completion in shells: the kinds of what runs, or nothing.
@Sendable func runningKinds(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
  unique(runningProcesses().map(\.kind))
}

private func runningProcesses() -> [ProcessStatus] {
  do throws(ControlError) {
    let answer = try ControlClient.ask(.status([]), at: ControlAddress.found(folder: nil))
    return (answer["processes"]?.array ?? []).compactMap { ProcessStatus($0) }
  } catch {
    // Nobody who presses the tabulator key wants to read why there is nothing to complete.
    return []
  }
}

/// Each name once, where it comes first.
func unique(_ names: [String]) -> [String] {
  var seen = Set<String>()
  return names.filter { seen.insert($0).inserted }
}

/// For the completion in shells: the names that the Procfile of this command line defines.
@Sendable func definedNames(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
  var launch = Launch(words.contains("prod") ? .production : .development)
  if let option = words.firstIndex(where: { ["-f", "--procfile"].contains($0) }) {
    launch.procfile = words.dropFirst(option + 1).first
  }
  do throws(ConfigurationError) {
    return try launch.definedNames()
  } catch {
    return []
  }
}

/// `done worker.1, worker.2 (83 ms)`, from the answer to a command.
func report(_ word: String, _ answer: JSON) {
  let names = (answer["done"]?.array ?? []).compactMap(\.text)
  let took = answer["took_ms"]?.integer.map { " (\(Duration.milliseconds($0).short))" } ?? ""
  print("\(word) \(names.joined(separator: ", "))\(took)")
}

/// Whether a person looks at standard output, and likes colours.
var isColourful: Bool {
  guard isatty(STDOUT_FILENO) == 1, getenv("NO_COLOR") == nil else { return false }
  return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
}
