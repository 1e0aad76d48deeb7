/// Reads one field of a crontab into the set of its values.
///
///     field  part {',' part}
///     part   '*' ['/' step] │ value │ value '-' value ['/' step]
///
/// A range whose end is below its start wraps around: `22-2` are 22, 23, 0, 1 and 2. A step counts
/// from the start of its range, so that `*/10` are the days 1, 11, 21 and 31 of a month.
struct CrontabParser {
  /// The whole text, in which errors are located.
  let text: String
  let unit: CrontabUnit

  func values(of field: Substring) throws(CrontabError) -> CrontabValues {
    var values = CrontabValues()
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      for value in try self.values(ofPart: trimmed(part)) { values.insert(value) }
    }
    return values
  }

  private func values(ofPart part: Substring) throws(CrontabError) -> [Int] {
    guard !part.isEmpty else {
      throw failure(.emptyPart, part, "a part of the list of values is empty")
    }
    guard let slash = part.firstIndex(of: "/") else { return try span(part) }

    let stepped = trimmed(part[..<slash])
    let step = try step(part[part.index(after: slash)...], of: part)
    guard stepped == "*" || stepped.dropFirst().contains("-") else {
      throw failure(
        .invalidStep, part,
        "'\(part)' steps from one value: write '\(stepped)-\(unit.range.upperBound)/\(step)'")
    }
    return try span(stepped).enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
  }

  private func step(_ text: Substring, of part: Substring) throws(CrontabError) -> Int {
    let digits = trimmed(text)
    guard let step = number(digits), step > 0 else {
      throw failure(.invalidStep, part, "'\(part)' needs a whole number from 1 after '/'")
    }
    return step
  }

  /// The values of `*`, `value` or `value-value`, in the order of the range.
  private func span(_ text: Substring) throws(CrontabError) -> [Int] {
    if text == "*" { return Array(unit.range) }
    // A dash in front is a sign, which no value has.
    guard let dash = text.dropFirst().firstIndex(of: "-") else { return [try value(text)] }
    let start = try value(trimmed(text[..<dash]))
    let end = try value(trimmed(text[text.index(after: dash)...]))
    if start <= end { return Array(start...end) }
    return Array(start...unit.range.upperBound) + Array(unit.range.lowerBound...end)
  }

  private func value(_ text: Substring) throws(CrontabError) -> Int {
    if let number = number(text), unit.range.contains(number) { return number }
    if let value = unit.value(named: text) { return value }
    throw failure(.invalidValue, text, "'\(text)' is not \(unit.description)")
  }

  /// The number that ASCII digits alone make; `Int` would take a sign.
  private func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(text) : nil
  }

  private func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private func failure(
    _ code: CrontabError.Code, _ part: Substring, _ detail: String
  ) -> CrontabError {
    let start = text.utf8.distance(from: text.startIndex, to: part.startIndex)
    return CrontabError(
      code: code, text: text, range: start..<start + part.utf8.count, detail: detail)
  }
}
