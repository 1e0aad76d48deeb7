import CeleriacCore

/// A call of one of the fixture's recorded tasks, and what has to come of it.
struct Call: Sendable {
  enum Kind: Hashable, Sendable {
    case run(milliseconds: Int)
    case fail
    /// Fails twice and then succeeds.
    case retry
    /// Asks for the dead letters.
    case reject
    /// Is acknowledged before it starts.
    case early(milliseconds: Int)
    /// Keeps more threads busy than there are cores.
    case burn(seconds: Double)
  }

  let id: String
  let kind: Kind
  /// What its producer was told.
  enum Acceptance: Sendable {
    case accepted
    /// The answer was lost.
    case unknown
  }

  /// Not to start before this, in microseconds since 1970.
  var eta: Int?
  var acceptance = Acceptance.accepted

  static func run(_ id: String, milliseconds: Int = 0) -> Call {
    Call(id: id, kind: .run(milliseconds: milliseconds))
  }

  static func many(_ count: Int, _ prefix: String = "c", milliseconds: Int = 0) -> [Call] {
    (0..<count).map { .run("\(prefix)\($0)", milliseconds: milliseconds) }
  }

  var attempts: ClosedRange<Int> { kind == .retry ? 1...3 : 1...1 }

  var signature: Signature<Int> {
    let signature: Signature<Int> =
      switch kind {
      case .run(let time): RemoteTask<Int, Int>("recorded.run").s(time)
      case .early(let time): RemoteTask<Int, Int>("recorded.early").s(time)
      case .burn(let time): RemoteTask<Double, Int>("recorded.burn").s(time)
      case .fail: RemoteTask<Int>("recorded.fail").s()
      case .retry: RemoteTask<Int>("recorded.retry").s()
      case .reject: RemoteTask<Int>("recorded.reject").s()
      }
    let named = signature.id(TaskID(id))
    guard let eta else { return named }
    return named.at(Timestamp(microsecondsSince1970: Int64(eta)))
  }
}
