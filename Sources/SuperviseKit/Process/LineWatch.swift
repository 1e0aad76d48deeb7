import Glibc

/// Looks for a line in what a process writes, by an extended regular expression as `grep -E` has them.
///
/// Costs nothing where nobody watches, and one comparison per line where somebody does, until it is
/// found. Of a line longer than 64 KiB no more than these are looked at.
final class LineWatch {
  private static let longest = 64 << 10

  private var expression = regex_t()
  /// What has come of lines that have not ended.
  private var unfinished: [LogMerger.Channel: Beginning] = [:]

  /// As much of a line as is looked at.
  private struct Beginning {
    var bytes: [UInt8] = []
    /// Whether the line goes on.
    var isCut = false

    mutating func append(_ more: UnsafeRawBufferPointer) {
      let room = longest - bytes.count
      bytes += more.prefix(room)
      if more.count > room { isCut = true }
    }
  }

  init(_ pattern: String) throws(OptionError) {
    let code = regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB)
    guard code == 0 else {
      var text = [UInt8](repeating: 0, count: 128)
      text.withUnsafeMutableBytes { bytes in
        _ = regerror(
          code, &expression, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
      }
      let reason = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      throw OptionError("ready=log:\(pattern) is no regular expression: \(reason)")
    }
  }

  deinit { regfree(&expression) }

  /// Whether the line is among those that end here.
  func isFound(in bytes: UnsafeRawBufferPointer, of channel: LogMerger.Channel) -> Bool {
    var rest = bytes
    while let end = rest.firstLineEnd {
      let piece = UnsafeRawBufferPointer(rebasing: rest[..<end])
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
      if var line = unfinished.removeValue(forKey: channel) {
        line.append(piece)
        let isCut = line.isCut
        let isFound = line.bytes.withUnsafeBytes { bytes in
          matches(isCut ? bytes : bytes.withoutReturn, isCut: isCut)
        }
        if isFound { return true }
      } else if matches(piece.withoutReturn) {
        return true
      }
    }
    if !rest.isEmpty { unfinished[channel, default: .init()].append(rest) }
    return false
  }

  /// Where a line was cut it does not end: no `$` matches there.
  private func matches(_ line: UnsafeRawBufferPointer, isCut: Bool = false) -> Bool {
    // An empty buffer may have no address, which the expression would have to look at.
    guard let text = line.baseAddress, !line.isEmpty else {
      return regexec(&expression, "", 0, nil, 0) == 0
    }
    var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(line.count))
    return regexec(
      &expression, text.assumingMemoryBound(to: CChar.self), 1, &range,
      REG_STARTEND | (isCut ? REG_NOTEOL : 0)) == 0
  }
}
