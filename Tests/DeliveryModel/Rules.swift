/// What a protocol does; each rule can be broken, to see what it is there for.
package struct Rules: Sendable {
  /// Waiting moves a message into a loan in one step (BLMOVE), rather than out of its list alone.
  package var waitsIntoLoans = true
  /// A worker whose loans others have taken back can't settle.
  package var fences = true
  /// A success is left as it is, whatever is written after it.
  package var keepsSuccess = true
  /// A batch is dropped only when the settlements of its other messages have arrived.
  package var dropsArrivedOnly = true
  /// Where nobody has ticked for long, it is not the workers that are dead.
  package var waitsAfterOutage = true
  /// A batch that a lost request may fill is looked into until that request can't come any more.
  package var awaitsLateRequests = true
  /// The loans of a recovered worker are looked into again.
  package var sweepsAgain = true
  /// A worker that was recovered can't come back under its old name.
  package var registersOnce = true
  /// Whether an early acknowledgement that was asked for twice counts as given although the lease
  /// was lost.
  package var trustsRepetition = false
  /// To fire a periodic entry records the instant, and does nothing where it was recorded before.
  package var firesOnce = true
  /// What a worker has on loan when it dies is suspect, rather than back in its list.
  package var countsCrashes = true
  /// What may be on loan beside a message that was on loan in two crashes or more.
  package var company = Company.nothing
  /// After how many crashes a message is given up.
  package var deliveries: UInt8 = 3

  package enum Company: Sendable {
    case anything
    /// What runs already, and nothing that is taken later.
    case earlier
    case nothing
  }

  package init() {}
}
