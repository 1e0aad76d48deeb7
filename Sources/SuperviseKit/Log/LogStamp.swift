import Glibc

/// The time as log lines show it, made once for all lines of one moment.
package struct LogStamp: Sendable {
  /// With the blank after it; empty where no time is shown.
  private var text: [UInt8] = []
  private let style: LogStyle
  private var second: Int = .min

  /// No stamp is longer.
  static let longest = 32

  package init(_ style: LogStyle) {
    self.style = style
  }

  func append(to out: inout LogBatch) {
    out.append(text)
  }

  /// Moves to this moment: seconds since 1970 and nanoseconds.
  package mutating func set(seconds: Int, nanoseconds: Int) {
    guard style.time || style.form == .json else { return }
    if seconds != second {
      second = seconds
      text = Self.layout(seconds, style)
    }
    var rest = nanoseconds / 1_000_000
    let digits = style.isDated ? 20..<23 : 9..<12
    for index in digits.reversed() {
      text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }

  private static func layout(_ seconds: Int, _ style: LogStyle) -> [UInt8] {
    var moment = time_t(seconds)
    var parts = tm()
    localtime_r(&moment, &parts)
    let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).000"
    guard style.isDated else { return Array((clock + " ").utf8) }
    let offset = abs(parts.tm_gmtoff) / 60
    let sign = parts.tm_gmtoff < 0 ? "-" : "+"
    let day = "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let zone = sign + two(Int32(offset / 60)) + ":" + two(Int32(offset % 60))
    let end = style.form == .json ? "" : " "
    return Array("\(day)T\(clock)\(zone)\(end)".utf8)
  }

  private static func two(_ number: Int32) -> String {
    number < 10 ? "0\(number)" : String(number)
  }
}

extension LogStamp: CustomStringConvertible {
  package var description: String { String(decoding: text, as: UTF8.self) }
}

extension LogStyle {
  fileprivate var isDated: Bool { form == .json || date }
}
