/// The first commands of a connection and what their answers mean.
///
/// Pure. All go out in one write. The last, PING, is what a server that loads its data, or a replica
/// without its primary, does not answer with PONG.
struct Handshake {
  enum Probe {
    case ping
    /// The server refused a write before: ask whether it takes writes now.
    case role
  }

  enum Verdict: Equatable {
    case incomplete
    case accepted(clientID: Int?)
    case rejected(RedisError)
    case notReady(RedisError)
  }

  private enum Step {
    case authenticate
    case select
    case name
    case identify
    case ping
    case role
  }

  let commands: RedisBatch
  private var steps: ArraySlice<Step>
  private var clientID: Int?
  private let subject: String

  init(_ configuration: RedisConfiguration, probe: Probe) {
    var commands = RedisBatch()
    var steps: [Step] = []
    let url = configuration.url
    if let password = url.password {
      if let user = url.user {
        commands.append("AUTH", user, password.text)
      } else {
        commands.append("AUTH", password.text)
      }
      steps.append(.authenticate)
    }
    if url.database != 0 {
      commands.append("SELECT", url.database)
      steps.append(.select)
    }
    commands.append("CLIENT", "SETNAME", configuration.clientName)
    commands.append("CLIENT", "ID")
    commands.append("PING")
    steps += [.name, .identify, .ping]
    if probe == .role {
      commands.append("ROLE")
      steps.append(.role)
    }
    self.commands = commands
    self.steps = steps[...]
    subject = url.description
  }

  /// Takes the next reply.
  mutating func receive(_ reply: RedisReply) -> Verdict {
    guard let step = steps.popFirst() else { return .incomplete }
    if let refusal = refusal(of: step, reply) { return refusal }
    if step == .identify { clientID = reply.integer }
    return steps.isEmpty ? .accepted(clientID: clientID) : .incomplete
  }

  private func refusal(of step: Step, _ reply: RedisReply) -> Verdict? {
    if step == .role, reply.array?.first?.text == "slave" {
      return .notReady(RedisError(.notReady, subject, "READONLY the server is a replica"))
    }
    guard case .error(let line) = reply else { return nil }
    if ServerRefusal(line) == .notReady {
      return .notReady(RedisError(.notReady, subject, line))
    }
    if line.hasPrefix("NOAUTH") || step == .authenticate || step == .select {
      // A full server, or one that is busy with a script, says so to the first command, whatever
      // it is; that passes.
      return line.hasPrefix("ERR max number of clients") || line.hasPrefix("BUSY ")
        ? .notReady(RedisError(.notReady, subject, line))
        : .rejected(RedisError(.refused, subject, line))
    }
    // A proxy or an access control list may not know the other commands; they are not vital.
    return line.hasPrefix("ERR max number of clients")
      ? .notReady(RedisError(.notReady, subject, line)) : nil
  }
}

/// The kinds of error replies that mean something to the connection itself.
enum ServerRefusal {
  /// The server runs no such command now, but will: it loads, or is a replica.
  case notReady
  /// A script is not cached; nothing ran.
  case noScript
  case outOfMemory
  /// The server takes no writes, or none but scripts' ends: its disk is full, say; that passes.
  case hindered
  case other

  init(_ line: String) {
    self =
      switch Self.code(of: line) {
      case "LOADING", "READONLY", "MASTERDOWN": .notReady
      case "NOSCRIPT": .noScript
      case "OOM": .outOfMemory
      case "BUSY", "MISCONF", "NOREPLICAS": .hindered
      default: .other
      }
  }

  /// The first word of a refusal: what it is about.
  ///
  /// Redis 6 wraps the error of a command that a script has called:
  /// `ERR Error running script (call to f_…): @user_script:7: @user_script: 7: -READONLY You can't …`.
  static func code(of line: String) -> Substring {
    var words = line[...]
    if line.hasPrefix("ERR Error running script"), let call = line.firstRange(of: "): ") {
      words = line[call.upperBound...]
    }
    let place = "@user_script:"
    while words.hasPrefix(place) {
      words = words.dropFirst(place.count).drop { $0 == " " || $0.isNumber }.drop {
        ": ".contains($0)
      }
    }
    // What a user may not do gets no code of its own in a script, in Redis 7.0 either.
    let want = "The user executing the script can't"
    if words.hasPrefix(want) || words.hasPrefix("ERR " + want) { return "NOPERM" }
    return (words.first == "-" ? words.dropFirst() : words).prefix { $0 != " " }
  }
}
