import CeleriacCore
import Logging

/// A time in which the broker does not serve all entries: said once at its start, once at its end.
struct Outage {
  private enum Kind {
    /// It refuses, which may be about one entry or about all.
    case refusal
    /// It cannot be reached.
    case absence
  }

  private let logger: Logger
  private var failing: [Int: Kind] = [:]

  init(logger: Logger) {
    self.logger = logger
  }

  /// Notes that an entry was not served.
  mutating func begin(for entry: Int, named name: String, because error: BrokerError) {
    let kind: Kind = error.code == .refused ? .refusal : .absence
    let isKnown = failing.values.contains(kind)
    failing[entry] = kind
    guard !isKnown else { return }
    logger.error(
      "broker does not serve; due entries wait",
      metadata: ["entry": "\(name)", "reason": "\(error)"])
  }

  /// Notes that an entry was served.
  mutating func end(for entry: Int) {
    guard failing.removeValue(forKey: entry) != nil, failing.isEmpty else { return }
    logger.notice("broker serves again")
  }
}
