/// What goes wrong, and where: `.cut(.beforeReply, of: .take, occurrence: 3)`.
struct Fault: Hashable, Sendable, CustomStringConvertible {
  /// What happens.
  enum Blow: String, CaseIterable, Sendable {
    /// The connection breaks.
    case cut
    /// The connection's process is killed, and then the connection broken.
    case kill
    /// Nothing comes through any more, either way, and the connection stays open.
    case silence
  }

  /// When it happens.
  enum Point: String, CaseIterable, Sendable {
    /// Nothing of the command reaches Redis.
    case beforeCommand = "before the command"
    /// Half of the command reaches Redis.
    case inCommand = "in the command"
    /// The command is in Redis' socket; whether it has run is open.
    case underWay = "under way"
    /// Redis has carried the command out; nothing of the reply is seen.
    case beforeReply = "before the reply"
    /// Half of the reply is seen.
    case inReply = "in the reply"
  }

  let blow: Blow
  let point: Point
  let step: Step
  /// Which of the commands of this step, from 1.
  let occurrence: Int

  static func cut(_ point: Point, of step: Step, occurrence: Int = 1) -> Fault {
    Fault(blow: .cut, point: point, step: step, occurrence: occurrence)
  }

  static func kill(_ point: Point, of step: Step, occurrence: Int = 1) -> Fault {
    Fault(blow: .kill, point: point, step: step, occurrence: occurrence)
  }

  static func silence(_ point: Point, of step: Step, occurrence: Int = 1) -> Fault {
    Fault(blow: .silence, point: point, step: step, occurrence: occurrence)
  }

  var description: String { "\(blow) \(point.rawValue) of '\(step.rawValue)' #\(occurrence)" }
}

/// What the whole way between the processes and Redis is like.
enum Weather: Hashable, Sendable {
  case clear
  /// Each piece of bytes arrives this much later.
  case late(Duration)
  /// No more bytes a second than this, each way of each connection.
  case narrow(bytesPerSecond: Int)
}
