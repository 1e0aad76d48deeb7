// How an option's text is read.
extension ProcessOptions {
  /// Takes in one `key=value`.
  mutating func set(_ key: Substring, _ value: Substring) throws(OptionError) {
    switch key {
    case "restart": restart = try Self.choice(key, value)
    case "reload": reload = try ReloadPolicy(option: value)
    case "after": after += try Self.list(key, value)
    case "watch":
      let patterns = try Self.list(key, value)
      for pattern in patterns { try GlobPattern.check(pattern) }
      watch += patterns
    case "ready" where value.hasPrefix("alive:"):
      ready = .settled
      settleTime = try Self.settleTime(value)
    case "ready": ready = try Self.ready(value)
    case "ready-timeout": readyTimeout = try Self.time(key, value)
    case "stop": stop = try Self.stop(value)
    case "drain": drainTimeout = try Self.time(key, value)
    case "singleton":
      guard value == "true" || value == "false" else {
        throw OptionError("singleton is true or false, not '\(value)'")
      }
      singleton = value == "true"
    case "pty":
      guard value == "true" || value == "false" else {
        throw OptionError("pty is true or false, not '\(value)'")
      }
      pty = value == "true"
    case "success":
      for code in try Self.list(key, value) {
        guard let number = Int32(code), 0...255 ~= number else {
          throw OptionError("success lists exit codes from 0 to 255, not '\(code)'")
        }
        success.insert(number)
      }
    case "max-restarts":
      guard let number = Int(value), 0...1000 ~= number else {
        throw OptionError("max-restarts is a number from 0, for ever, to 1000, not '\(value)'")
      }
      maxRestarts = number
    case "watchdog": watchdog = try Self.time(key, value)
    case "limit.mem":
      guard let size = Surroundings.size(value), size >= 1 << 20, size < .max else {
        throw OptionError("limit.mem is a size from 1M, such as 512M or 2G, not '\(value)'")
      }
      memoryLimit = size
    default:
      if try surroundings.set(key, value) { return }
      throw OptionError("no option '\(key)'; there are \(Self.names.joined(separator: ", "))")
    }
  }

  /// All options there are, in the order of the manual.
  package static let names = [
    "restart", "max-restarts", "success", "after", "ready", "ready-timeout", "watchdog", "stop",
    "drain", "reload", "singleton", "watch", "user", "group", "cwd", "umask", "nice", "oom",
    "limit.mem",
    "limit.nofile", "pty",
  ]

  /// Options that may stand there more than once, each time with more.
  static let lists: Set<Substring> = ["after", "watch", "success"]

  /// Whether the options of a process of this name go together.
  func check(for name: String) throws(OptionError) {
    if readyTimeout != nil {
      switch ready {
      case .told, .port, .command, .line: break
      case .settled, .started, .done, nil:
        throw OptionError(
          "ready-timeout limits the wait for ready=fd, tcp:, exec: or log:; give '\(name)' one of them"
        )
      }
    }
    if ready == .done, restart == nil || restart == .always {
      throw OptionError(
        "'\(name)' is ready when it has ended well, and would be started again then; give it"
          + " restart=never or restart=on-failure")
    }
    if reload == .drain, singleton ?? (name == "beat") {
      throw OptionError(
        "'\(name)' never has two processes, and reload=drain needs two for a moment; use"
          + " reload=restart, or singleton=false")
    }
  }

  private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: Substring, _ value: Substring
  ) throws(OptionError) -> Choice {
    if let choice = Choice(rawValue: String(value)) { return choice }
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw OptionError("\(key) is one of \(all), not '\(value)'")
  }

  /// What stands between commas; those within the braces of a pattern are its own.
  private static func list(
    _ key: Substring, _ value: Substring
  ) throws(OptionError) -> [String] {
    var parts = [""]
    var depth = 0
    for character in value {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == ",", depth <= 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    guard !parts.contains("") else {
      throw OptionError("\(key) is a list such as \(key)=a,b; a part of '\(value)' is empty")
    }
    return parts
  }

  private static func ready(_ value: Substring) throws(OptionError) -> Ready {
    if value == "fd" { return .told }
    if value == "none" { return .started }
    if value == "done" { return .done }
    if value.hasPrefix("tcp:"), value.count > 4 {
      let port = String(value.dropFirst(4))
      // What it comes to is known when the variables are.
      if !port.contains("$") { _ = try Ready.number(ofPort: port) { _ in nil } }
      return .port(port)
    }
    if value.hasPrefix("exec:"), value.count > 5 {
      let command = value.dropFirst(5)
      try Command.checkQuotes(command)
      return .command(String(command))
    }
    if value.hasPrefix("log:"), value.count > 4 {
      let pattern = String(value.dropFirst(4))
      _ = try LineWatch(pattern)
      return .line(pattern)
    }
    throw OptionError(
      "ready is fd, none, done, tcp:PORT, exec:COMMAND, log:REGEX or alive:TIME, not '\(value)'")
  }

  private static func settleTime(_ value: Substring) throws(OptionError) -> Duration {
    guard let time = duration(value.dropFirst(6)), time > .zero else {
      throw OptionError("ready=alive: takes a time such as alive:5s, not '\(value.dropFirst(6))'")
    }
    return time
  }

  private static func time(
    _ key: Substring, _ value: Substring
  ) throws(OptionError) -> Duration {
    guard let time = duration(value), time > .zero else {
      throw OptionError("\(key) is a time such as 90s or 5m, not '\(value)'")
    }
    return time
  }

  /// `TERM`, `TERM:30s`, `INT:group:5s`.
  private static func stop(_ value: Substring) throws(OptionError) -> Stop {
    var stop = Stop()
    for part in value.split(separator: ":", omittingEmptySubsequences: false) {
      if part == "group", !stop.group {
        stop.group = true
      } else if let signal = SignalName.number(part), stop.signal == nil {
        stop.signal = signal
      } else if let time = Self.duration(part), stop.timeout == nil {
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

extension ProcessOptions.Ready {
  /// The port that `ready=tcp:` means, for a process with these variables.
  static func number(
    ofPort text: String, variable: @escaping (String) -> String?
  ) throws(OptionError) -> Int {
    let expanded = expanded(port: text, variable: variable)
    guard let port = Int(expanded), 1...65_535 ~= port else {
      let value = expanded == text ? "" : ", which is '\(expanded)' here,"
      throw OptionError(
        "ready=tcp:\(text)\(value) names no port; use a number from 1 to 65535, or $PORT")
    }
    return port
  }

  /// The text of a port with its variables' values in their places.
  static func expanded(port text: String, variable: @escaping (String) -> String?) -> String {
    guard case .program(let words) = Command(text, variable: variable) else { return "" }
    return words.joined(separator: " ")
  }
}
