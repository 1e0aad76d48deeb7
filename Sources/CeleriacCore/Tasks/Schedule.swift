/// Stub.
public struct Schedule: Sendable, Hashable {}
/// Stub.
public enum MissedPolicy: Sendable, Hashable {
  /// Stub.
  case once
}
