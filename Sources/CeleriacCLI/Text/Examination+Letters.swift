import CeleriacRedis

extension Examination {
  /// What was given up stays until somebody sees to it, so somebody has to be told.
  static func deadLetters(_ session: Session) async -> [Finding] {
    do {
      let overview = try await Overview.read([], over: try await session.door.open())
      guard let oldest = overview.oldestDeadLetter else { return [.good("dead letters", "none")] }
      return [
        .doubtful(
          "dead letters",
          "\(overview.deadLetters), the oldest \(AgeText.ago(oldest)); "
            + "'\(session.name) dead list' shows them")
      ]
    } catch {
      return [.bad("dead letters", "\(error)")]
    }
  }
}
