/// What a client may ask of a running supervisor: one line of JSON, one request a connection.
///
///     {"command":"stop","names":["worker"],"wait":true}
///     {"ok":true,"done":["worker.1","worker.2"]}
package enum ControlRequest: Sendable, Equatable {
  /// The state of processes; all without names.
  case status([String])
  case start([String], Completion)
  case stop([String], Completion)
  case restart([String], Completion)
  /// Looks at what lies on disk, and replaces what is not up to date.
  case reload
  case signal(Int32, [String])
  case scale([Share])
  case logs([String], lines: Int, Following)
  case events
  case metrics
  /// Answers when all of these are ready.
  case wait([String], Duration?)
  /// Sits down at the terminal of a process: from then on, bytes as they come go both ways.
  case attach(String, Size)
  /// The terminal of those who sit at a process has another size now.
  case resize(String, Size)
  case quit

  /// The size of a terminal.
  package struct Size: Sendable, Equatable {
    package var rows: Int32
    package var columns: Int32

    package init(rows: Int32, columns: Int32) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// When a command is answered.
  package enum Completion: Sendable, Equatable {
    /// As soon as it was accepted.
    case accepted
    /// When the processes have got there; after this time with an error.
    case reached(within: Duration?)
  }

  /// Whether a log goes on after what is there.
  package enum Following: Sendable, Equatable {
    case stops, follows
  }

  /// How many of a kind there are to be.
  package struct Share: Sendable, Equatable {
    package var kind: String
    package var count: Int

    package init(_ kind: String, _ count: Int) {
      self.kind = kind
      self.count = count
    }
  }
}

// As JSON.
extension ControlRequest {
  package var json: JSON {
    switch self {
    case .status(let names): ["command": "ps", "names": Self.list(names)]
    case .start(let names, let completion): Self.command("start", names, completion)
    case .stop(let names, let completion): Self.command("stop", names, completion)
    case .restart(let names, let completion): Self.command("restart", names, completion)
    case .reload: ["command": "reload"]
    case .signal(let number, let names):
      ["command": "signal", "signal": .integer(Int(number)), "names": Self.list(names)]
    case .scale(let shares):
      [
        "command": "scale",
        "counts": .object(shares.map { .init(key: $0.kind, value: .integer($0.count)) }),
      ]
    case .logs(let names, let lines, let following):
      [
        "command": "logs", "names": Self.list(names), "lines": .integer(lines),
        "follow": following == .follows ? true : nil,
      ]
    case .events: ["command": "events"]
    case .metrics: ["command": "metrics"]
    case .wait(let names, let limit):
      ["command": "wait", "names": Self.list(names), "timeout_ms": limit.map(Self.milliseconds)]
    case .attach(let name, let size): Self.sized("attach", name, size)
    case .resize(let name, let size): Self.sized("resize", name, size)
    case .quit: ["command": "quit"]
    }
  }

  /// Reads a request; the error says what about it is wrong.
  package init(_ json: JSON) throws(ControlError) {
    guard let command = json["command"]?.text else {
      throw ControlError(.badRequest, "a request is an object with a 'command'")
    }
    switch command {
    case "ps": self = .status(try Self.names(json))
    case "start": self = .start(try Self.some(json), try Self.completion(json))
    case "stop": self = .stop(try Self.some(json), try Self.completion(json))
    case "restart": self = .restart(try Self.some(json), try Self.completion(json))
    case "reload": self = .reload
    case "signal":
      guard let number = json["signal"]?.integer, 1...64 ~= number else {
        throw ControlError(.badRequest, "'signal' is to be a number from 1 to 64")
      }
      self = .signal(Int32(number), try Self.some(json))
    case "scale": self = .scale(try Self.shares(json))
    case "logs":
      let lines = json["lines"]?.integer ?? 20
      self = .logs(
        try Self.names(json), lines: max(0, lines),
        json["follow"]?.bool == true ? .follows : .stops)
    case "events": self = .events
    case "metrics": self = .metrics
    case "wait": self = .wait(try Self.some(json), try Self.limit(json))
    case "attach": self = .attach(try Self.some(json)[0], Self.size(json))
    case "resize": self = .resize(try Self.some(json)[0], Self.size(json))
    case "quit": self = .quit
    default: throw ControlError(.badRequest, "there is no command '\(command)'")
    }
  }

  private static func sized(_ command: String, _ name: String, _ size: Size) -> JSON {
    [
      "command": .string(command), "names": list([name]), "rows": .integer(Int(size.rows)),
      "columns": .integer(Int(size.columns)),
    ]
  }

  private static func command(
    _ name: String, _ names: [String], _ completion: Completion
  ) -> JSON {
    switch completion {
    case .accepted: ["command": .string(name), "names": list(names)]
    case .reached(let limit):
      [
        "command": .string(name), "names": list(names), "wait": true,
        "timeout_ms": limit.map(milliseconds),
      ]
    }
  }

  private static func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }

  private static func milliseconds(_ duration: Duration) -> JSON {
    .integer(Int(duration / .milliseconds(1)))
  }

  private static func names(_ json: JSON) throws(ControlError) -> [String] {
    guard let names = json["names"] else { return [] }
    guard let texts = names.array?.compactMap(\.text), texts.count == names.array?.count else {
      throw ControlError(.badRequest, "'names' is to be a list of texts")
    }
    return texts
  }

  private static func some(_ json: JSON) throws(ControlError) -> [String] {
    let names = try names(json)
    guard !names.isEmpty else {
      throw ControlError(.badRequest, "name a process, a kind, or 'all'")
    }
    return names
  }

  private static func size(_ json: JSON) -> Size {
    func number(_ key: String, _ usual: Int32) -> Int32 {
      json[key]?.integer.flatMap { 1...4096 ~= $0 ? Int32($0) : nil } ?? usual
    }
    return Size(rows: number("rows", 24), columns: number("columns", 80))
  }

  private static func completion(_ json: JSON) throws(ControlError) -> Completion {
    json["wait"]?.bool == true ? .reached(within: try limit(json)) : .accepted
  }

  private static func limit(_ json: JSON) throws(ControlError) -> Duration? {
    guard let value = json["timeout_ms"] else { return nil }
    // A year, so that the sum with an instant stays one.
    guard let number = value.integer, 0...31_536_000_000 ~= number else {
      throw ControlError(.badRequest, "'timeout_ms' is to be a number of milliseconds")
    }
    return .milliseconds(number)
  }

  private static func shares(_ json: JSON) throws(ControlError) -> [Share] {
    guard case .object(let fields)? = json["counts"], !fields.isEmpty else {
      throw ControlError(.badRequest, "'counts' is to be an object such as {\"worker\":4}")
    }
    var shares: [Share] = []
    for field in fields {
      guard let count = field.value.integer, 0...1000 ~= count else {
        throw ControlError(.badRequest, "'\(field.key)' is to be a number from 0 to 1000")
      }
      shares.append(Share(field.key, count))
    }
    return shares
  }
}
