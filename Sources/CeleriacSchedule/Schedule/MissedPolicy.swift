/// What becomes of firings whose instant passed while no beat was running.
public enum MissedPolicy: Sendable, Hashable {
  /// They are left out; the next one on time is the next.
  case skip
  /// The last of them fires and stands for all. The default.
  case once
  /// Each of them fires that is no older than the duration.
  case all(within: Duration)
}
