/// Durations as they are typed: `90`, `1.5`, `500ms`, `30s`, `10m`, `2h`, `7d`.
enum DurationText {
  static let expected = "seconds, or a number with ms, s, m, h or d, such as 30s"

  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
  ]

  static func read(_ text: String) -> Duration? {
    let unit = units.first { text.hasSuffix($0.suffix) }
    let digits = text.dropLast(unit?.suffix.count ?? 0)
    let isNumber = digits.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
    guard isNumber, let number = Double(digits) else { return nil }
    let seconds = number * (unit?.seconds ?? 1)
    // A hundred years is more than anybody waits, and stays within the range of `Duration`.
    guard seconds <= 3_155_760_000 else { return nil }
    return .milliseconds(Int64((seconds * 1000).rounded()))
  }

  static func show(_ duration: Duration) -> String {
    let milliseconds = Int64(duration / .milliseconds(1))
    for (suffix, size) in [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)]
    where milliseconds >= size && milliseconds % Int64(size) == 0 {
      return "\(milliseconds / Int64(size)) \(suffix)"
    }
    return milliseconds > 1000
      ? "\(Double(milliseconds) / 1000) s" : "\(milliseconds) ms"
  }
}
