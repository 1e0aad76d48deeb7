/// What a reload has done, in one line: `reload #12: demo changed, worker 2/2 in 83 ms`.
struct ReloadReport: Equatable, Sendable, CustomStringConvertible {
  /// The instances of one kind.
  struct Kind: Equatable, Sendable {
    let name: String
    let executable: String
    var expected = 0
    var replaced = 0
    /// From the begin of the reload to the last of them being ready.
    var duration = Duration.zero
  }

  /// An instance that did not become ready on the new build.
  struct Failure: Equatable, Sendable {
    let name: String
    let reason: String
    /// Whether it was the first one, so that no other was tried.
    let isCanary: Bool
  }

  /// Counted from 1 since the supervisor began.
  let number: Int
  /// The paths that changed.
  let executables: [String]
  let began: ContinuousClock.Instant
  private(set) var kinds: [Kind] = []
  var failures: [Failure] = []
  /// Whether a newer build came before this one was everywhere.
  private(set) var isSuperseded = false

  init(number: Int, executables: [String], began: ContinuousClock.Instant) {
    self.number = number
    self.executables = executables
    self.began = began
  }

  /// Counts an instance that is to be replaced.
  mutating func expect(_ instance: ReloadInstance) { self[instance].expected += 1 }

  /// Counts an instance that is on the new build.
  mutating func replaced(_ instance: ReloadInstance, at now: ContinuousClock.Instant) {
    self[instance].replaced += 1
    self[instance].duration = now - began
  }

  func ended(superseded: Bool) -> ReloadReport {
    var report = self
    report.isSuperseded = superseded
    return report
  }

  /// Stands where a path would, when somebody has asked and no file has changed.
  static let request = "*"

  var description: String {
    let changed = executables.filter { $0 != Self.request }.map(\.lastName)
    var parts = changed.isEmpty ? [] : ["\(changed.joined(separator: ", ")) changed"]
    parts += kinds.filter { $0.replaced > 0 }.map(text)
    if isSuperseded { parts.append("again, for it changed meanwhile") }
    let text = "reload #\(number): " + parts.joined(separator: ", ")
    guard !failures.isEmpty else { return text }
    let failed = failures.map { "\($0.name) failed on the new build (\($0.reason))" }
    let left = kinds.filter { $0.replaced < $0.expected }.map(\.name)
    return text + (parts.isEmpty ? "" : "; ") + failed.joined(separator: ", ")
      + "; \(left.joined(separator: ", ")) still on the previous one"
  }

  private func text(_ kind: Kind) -> String {
    let share = kind.expected > 1 ? " \(kind.replaced)/\(kind.expected)" : ""
    let (seconds, attoseconds) = kind.duration.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    return "\(kind.name)\(share) in \(milliseconds) ms"
  }

  private subscript(instance: ReloadInstance) -> Kind {
    get {
      kinds.first { $0.name == instance.kind && $0.executable == instance.executable }
        ?? Kind(name: instance.kind, executable: instance.executable)
    }
    set {
      if let index = kinds.firstIndex(where: {
        $0.name == instance.kind && $0.executable == instance.executable
      }) {
        kinds[index] = newValue
      } else {
        kinds.append(newValue)
      }
    }
  }
}
