/// What has to happen for what runs to become what is wanted.
///
/// Places are told apart by kind and number: the second worker stays the second worker.
struct FormationChange: Equatable {
  /// What is replaced.
  enum Renewal: Sendable {
    /// What would be started another way now.
    case changed
    /// Everything but what is never to be reloaded, as after a deployment.
    case all
    /// Nothing: only the number of places is another.
    case none
  }

  /// To be started.
  private(set) var added: [Assignment] = []
  /// To be stopped, for nobody wants them any more.
  private(set) var removed: [Formation.Place] = []
  /// To be replaced by this.
  private(set) var renewed: [Assignment] = []
  /// To be left running; the next start is by this.
  private(set) var kept: [Assignment] = []

  init(from running: [Assignment], to wanted: [Assignment], renewing: Renewal = .changed) {
    var left = Dictionary(running.map { ($0.place.place, $0) }) { first, _ in first }
    for assignment in wanted {
      guard let former = left.removeValue(forKey: assignment.place.place) else {
        added.append(assignment)
        continue
      }
      let isDue =
        switch renewing {
        case .changed: !assignment.isSameWork(as: former)
        case .all: assignment.settings.reload != .none || !assignment.isSameWork(as: former)
        case .none: false
        }
      if isDue {
        renewed.append(assignment)
      } else {
        kept.append(assignment)
      }
    }
    removed = running.map(\.place).filter { left[$0.place] != nil }
  }

  /// Whether everything runs on as it is.
  var isEmpty: Bool { added.isEmpty && removed.isEmpty && renewed.isEmpty }
}

extension FormationChange: CustomStringConvertible {
  /// `worker changed, +mailer, +2 web, -cron`, and `nothing` when all runs on as it is.
  var description: String {
    var parts: [String] = []
    for (kind, _) in Self.counts(renewed.map(\.place)) { parts.append("\(kind) changed") }
    for (sign, places) in [("+", added.map(\.place)), ("-", removed)] {
      parts += Self.counts(places).map { kind, count in
        sign + (count > 1 ? "\(count) \(kind)" : kind)
      }
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }

  /// How many there are of each kind, in the order of the first ones.
  private static func counts(_ places: [Formation.Place]) -> [(kind: String, count: Int)] {
    var counts: [(kind: String, count: Int)] = []
    for place in places {
      if let index = counts.firstIndex(where: { $0.kind == place.spec.name }) {
        counts[index].count += 1
      } else {
        counts.append((place.spec.name, 1))
      }
    }
    return counts
  }
}
