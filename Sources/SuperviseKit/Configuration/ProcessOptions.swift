/// What a Procfile says about a process beside its command; nil where it says nothing.
///
/// Written above the command, so that the Procfile stays one that other tools can read:
///
///     #: restart=always stop=TERM:30s after=redis
///     worker: .build/debug/demo worker
package struct ProcessOptions: Sendable, Equatable {
  /// When a process that has ended is started again.
  package enum Restart: String, Sendable, CaseIterable {
    case always
    case onFailure = "on-failure"
    case never
    /// Its end is the end of everything, with its exit code.
    case exit
  }

  /// How a process is replaced when its executable has changed.
  package enum Reload: String, Sendable, CaseIterable {
    /// Stop the old one, then start the new one.
    case restart
    /// Start the new one, wait until it is ready, then let the old one finish its work.
    case drain
    case none
  }

  /// How a process says that it can be relied on.
  package enum Ready: Sendable, Equatable {
    /// `READY=1` on the status pipe, or alive for a second, whichever comes first.
    case settled
    /// `READY=1` on the status pipe, and nothing else.
    case told
    /// Something accepts connections on this port; the text may hold `$PORT`.
    case port(String)
    /// This shell command exits with 0.
    case command(String)
    /// As soon as it runs.
    case started
  }

  /// How a process is asked to stop.
  package struct Stop: Sendable, Equatable {
    package var signal: Int32?
    package var group = false
    package var timeout: Duration?
  }

  package var restart: Restart?
  package var reload: Reload?
  package var ready: Ready?
  package var stop = Stop()
  package var after: [String] = []
  package var singleton: Bool?
  package var watch: [String] = []
  package var success: Set<Int32> = [0]

  package init() {}

  /// Takes in one `key=value`.
  mutating func set(_ key: Substring, _ value: Substring) throws(OptionError) {
    switch key {
    case "restart": restart = try Self.choice(key, value)
    case "reload": reload = try Self.choice(key, value)
    case "after": after += value.split(separator: ",").map(String.init)
    case "watch": watch += value.split(separator: ",").map(String.init)
    case "ready": ready = try Self.ready(value)
    case "stop": stop = try Self.stop(value)
    case "singleton":
      guard value == "true" || value == "false" else {
        throw OptionError("singleton is true or false, not '\(value)'")
      }
      singleton = value == "true"
    case "success":
      for code in value.split(separator: ",") {
        guard let number = Int32(code), 0...255 ~= number else {
          throw OptionError("success lists exit codes from 0 to 255, not '\(code)'")
        }
        success.insert(number)
      }
    default:
      throw OptionError(
        "no option '\(key)'; there are restart, stop, reload, ready, after, singleton, watch and"
          + " success")
    }
  }

  private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: Substring, _ value: Substring
  ) throws(OptionError) -> Choice {
    if let choice = Choice(rawValue: String(value)) { return choice }
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw OptionError("\(key) is one of \(all), not '\(value)'")
  }

  private static func ready(_ value: Substring) throws(OptionError) -> Ready {
    if value == "fd" { return .told }
    if value == "none" { return .started }
    if value.hasPrefix("tcp:"), value.count > 4 { return .port(String(value.dropFirst(4))) }
    if value.hasPrefix("exec:"), value.count > 5 { return .command(String(value.dropFirst(5))) }
    throw OptionError("ready is fd, none, tcp:PORT or exec:COMMAND, not '\(value)'")
  }

  /// `TERM`, `TERM:30s`, `INT:group:5s`.
  private static func stop(_ value: Substring) throws(OptionError) -> Stop {
    var stop = Stop()
    for part in value.split(separator: ":", omittingEmptySubsequences: false) {
      if part == "group" {
        stop.group = true
      } else if let signal = SignalName.number(part) {
        stop.signal = signal
      } else if let time = Self.duration(part) {
        stop.timeout = time
      } else {
        throw OptionError("stop is SIGNAL[:group][:TIME], such as TERM:30s, not '\(value)'")
      }
    }
    return stop
  }

  /// `30s`, `500ms`, `2m` or a bare number of seconds.
  package static func duration(_ text: Substring) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number < 1_000_000 else { return nil }
    switch text.dropFirst(digits.count) {
    case "", "s": return .seconds(number)
    case "ms": return .milliseconds(number)
    case "m": return .seconds(number * 60)
    default: return nil
    }
  }
}

/// Why an option could not be read; the parser adds file and line.
struct OptionError: Error, Equatable {
  var detail: String
  init(_ detail: String) { self.detail = detail }
}
