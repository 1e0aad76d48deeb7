/// The variables of a `.env` file, in its order.
///
///     export GREETING='no ${EXPANSION} here'
///     DATA="${HOME}/data\n"     # expanded, escapes read
///     PLAIN=some words          # blanks around the value do not count
package struct Dotenv: Sendable, Equatable {
  package var variables: [(name: String, value: String)] = []

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - text: What the file holds.
  ///   - file: Its name, for errors.
  ///   - known: The value of a variable that `${NAME}` stands for and the file does not define
  ///     further up.
  /// - Throws: The first mistake, with its line.
  package init(
    parsing text: String, file: String, known: (String) -> String?
  ) throws(ConfigurationError) {
    let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...]
    var number = 0
    while let first = lines.popFirst() {
      number += 1
      let start = number
      var line = first.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("export ") { line = line.dropFirst(7).trimmed }
      guard let equal = line.firstIndex(of: "="), Self.isName(line[..<equal].trimmed) else {
        throw ConfigurationError(file, line: start, "'\(line)' is not of the form NAME=value")
      }
      let name = String(line[..<equal].trimmed)
      var rest = line[line.index(after: equal)...].trimmed
      var value: String?
      while value == nil {
        do throws(OptionError) {
          value = try Self.value(rest) { name in
            variables.last { $0.name == name }?.value ?? known(name)
          }
        } catch {
          throw ConfigurationError(file, line: start, error.detail)
        }
        if value == nil {
          guard let next = lines.popFirst() else {
            throw ConfigurationError(file, line: start, "the quote of '\(name)' is not closed")
          }
          number += 1
          rest += "\n" + next
        }
      }
      variables.append((name, value ?? ""))
    }
  }

  static func isName(_ text: Substring) -> Bool {
    guard let first = text.first, !first.isNumber else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// The value that the text after `=` stands for; nil when its quote is still open.
  private static func value(
    _ text: Substring, known: (String) -> String?
  ) throws(OptionError) -> String? {
    guard let quote = text.first, quote == "'" || quote == "\"" else {
      return try expanded(withoutComment(text), escapes: false, known: known)
    }
    var end = text.index(after: text.startIndex)
    while end < text.endIndex, text[end] != quote {
      if quote == "\"", text[end] == "\\" { end = text.index(after: end) }
      if end < text.endIndex { end = text.index(after: end) }
    }
    guard end < text.endIndex else { return nil }
    let after = text[text.index(after: end)...].trimmed
    guard after.isEmpty || after.hasPrefix("#") else {
      throw OptionError("'\(after)' stands after the closing quote")
    }
    let inside = text[text.index(after: text.startIndex)..<end]
    return quote == "'" ? String(inside) : try expanded(inside, escapes: true, known: known)
  }

  private static func withoutComment(_ text: Substring) -> Substring {
    var blank = true
    for index in text.indices {
      if text[index] == "#", blank { return text[..<index].trimmed }
      blank = text[index] == " " || text[index] == "\t"
    }
    return text
  }

  private static func expanded(
    _ text: Substring, escapes: Bool, known: (String) -> String?
  ) throws(OptionError) -> String {
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      if character == "\\", escapes, let next = rest.popFirst() {
        switch next {
        case "n": result.append("\n")
        case "t": result.append("\t")
        case "r": result.append("\r")
        case "\"", "\\", "$": result.append(next)
        default: result += "\\" + String(next)
        }
      } else if character == "$", rest.first == "{" {
        guard let end = rest.firstIndex(of: "}"), isName(rest[..<end].dropFirst()) else {
          throw OptionError("'$\(rest)' is not of the form ${NAME}")
        }
        result += known(String(rest[..<end].dropFirst())) ?? ""
        rest = rest[rest.index(after: end)...]
      } else {
        result.append(character)
      }
    }
    return result
  }

  package static func == (left: Dotenv, right: Dotenv) -> Bool {
    left.variables.elementsEqual(right.variables) { $0 == $1 }
  }
}
