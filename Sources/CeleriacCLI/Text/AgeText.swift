/// How long ago something was, in one unit.
enum AgeText {
  static func ago(_ age: Duration) -> String { "\(text(age)) ago" }

  private static func text(_ age: Duration) -> String {
    let seconds = max(Int(age / .seconds(1)), 0)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
  }
}
