package import Logging

/// A time in which a broker does not serve everybody who uses it: worth one word at its start, and
/// one at its end.
///
/// Those who use it are *parties*: a worker's connection, an entry of beat. The outage begins with
/// the first that is not served and ends when all are served again.
package struct Outage<Party: Hashable & Sendable>: Sendable {
  private var failing: Set<Party> = []
  private var start: ContinuousClock.Instant?
  private var told: [OutageNews.Kind] = []

  /// Nobody fails so far.
  package init() {}

  /// Notes that a party was not served.
  ///
  /// - Returns: What is worth saying, if this is new: a server that comes back and then refuses is
  ///   told of twice.
  package mutating func begin(
    for party: Party, because error: BrokerError, at now: ContinuousClock.Instant = .now
  ) -> OutageNews? {
    failing.insert(party)
    start = start ?? now
    let kind = OutageNews.Kind(error.code)
    guard !told.contains(kind) else { return nil }
    told.append(kind)
    return .began(kind, error)
  }

  /// Notes that a party was served.
  ///
  /// - Returns: The end of the outage, if this was the last party.
  package mutating func end(
    for party: Party, at now: @autoclosure () -> ContinuousClock.Instant = .now
  ) -> OutageNews? {
    // As nearly always; nothing is asked of the runtime for it.
    guard !failing.isEmpty else { return nil }
    guard failing.remove(party) != nil, failing.isEmpty, let start else { return nil }
    defer { self = Outage() }
    return .ended(told.contains(.refusal) ? .refusal : .absence, after: start.duration(to: now()))
  }
}

/// What is worth saying of an outage.
package enum OutageNews: Sendable, Equatable {
  /// What a broker does in an outage.
  package enum Kind: Sendable, Equatable {
    /// It can't be reached, or does not answer.
    case absence
    /// It answers, but does not do what it is asked for.
    case refusal

    init(_ code: BrokerError.Code) {
      self =
        switch code {
        case .refused, .outOfMemory, .notReady: .refusal
        default: .absence
        }
    }
  }

  case began(Kind, BrokerError)
  case ended(Kind, after: Duration)

  /// Says it.
  package func log(to logger: Logger, _ metadata: Logger.Metadata = [:]) {
    var metadata = metadata
    switch self {
    case .began(let kind, let error):
      metadata["reason"] = "\(error.detail)"
      switch kind {
      case .absence: logger.error("broker unreachable; trying again", metadata: metadata)
      case .refusal: logger.error("broker refuses; trying again", metadata: metadata)
      }
    case .ended(let kind, let duration):
      metadata["duration_ms"] = "\(Int64(duration / .milliseconds(1)))"
      switch kind {
      case .absence: logger.notice("broker reached again", metadata: metadata)
      case .refusal: logger.notice("broker serves again", metadata: metadata)
      }
    }
  }
}
