/// The name of a queue, as a Redis key and as Celery's routing key.
public struct QueueName: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// Celery's queue for everything that asks for no other.
  public static let `default`: QueueName = "celery"

  /// The name on the wire.
  public let rawValue: String

  /// Takes the name as it stands on the wire.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Takes the name as it stands on the wire.
  public init(_ name: String) {
    rawValue = name
  }

  /// Takes the literal as the name.
  public init(stringLiteral value: String) {
    rawValue = value
  }

  /// The name on the wire.
  public var description: String { rawValue }
}

extension QueueName {
  /// What is wrong with the name; nil for one that can be used.
  ///
  /// Redis would take any. But a blank is a slip, a control character separates Celery's priorities
  /// from the name, and keys of Celeriac's own must stay its own.
  package var objection: String? {
    if rawValue.isEmpty { return "a queue needs a name" }
    if rawValue.hasPrefix("celeriac:") { return "names with 'celeriac:' are Celeriac's own keys" }
    let isPlain = rawValue.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && !$0.properties.isWhitespace
    }
    return isPlain ? nil : "a queue's name has no blanks and no control characters"
  }
}

/// The four lists in which Celery keeps one queue on Redis, by priority.
package enum PriorityStep {
  /// The least priority of each list; 0 is taken first.
  package static let all = [0, 3, 6, 9]

  /// The list for messages of `priority` in `queue`.
  package static func key(of queue: QueueName, priority: Int) -> String {
    key(of: queue, step: all.last { $0 <= priority } ?? 0)
  }

  /// The list of `queue` for one of ``all``.
  package static func key(of queue: QueueName, step: Int) -> String {
    step == 0 ? queue.rawValue : "\(queue.rawValue)\u{06}\u{16}\(step)"
  }

  /// All lists of `queue`, the first to be taken first.
  package static func keys(of queue: QueueName) -> [String] {
    all.map { key(of: queue, step: $0) }
  }
}
