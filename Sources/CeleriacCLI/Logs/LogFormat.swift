/// How log lines look.
public enum LogFormat: String, Sendable, CaseIterable {
  /// For people: one aligned line each.
  case text
  /// For machines: one JSON object a line.
  case json
}
