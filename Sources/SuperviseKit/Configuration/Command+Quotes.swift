extension Command {
  /// Refuses a command with a quotation mark or a `${` that nothing closes.
  ///
  /// A shell would refuse it as well, but each time that it is started and not before.
  static func checkQuotes(_ text: some StringProtocol) throws(OptionError) {
    guard let start = openQuote(in: Array(text)) else { return }
    let rest = text.dropFirst(start + 1)
    guard !text.dropFirst(start).hasPrefix("${") else {
      throw OptionError("the '$\(rest.prefix(20))\(rest.count > 20 ? "…" : "")' is not closed")
    }
    throw OptionError(
      rest.isEmpty
        ? "the quotation mark at the end of '\(text)' opens a text that nothing closes"
        : "the quotation mark before '\(rest.prefix(20))\(rest.count > 20 ? "…" : "")' is not closed"
    )
  }

  /// Where the quote begins that is still open at the end.
  ///
  /// Within `$(…)` and backquotes quotes begin anew; what they are there only a shell can tell.
  private static func openQuote(in text: [Character]) -> Int? {
    var open: Int?
    var index = 0
    while index < text.count {
      let character = text[index]
      if let start = open, text[start] == "'" {
        if character == "'" { open = nil }
      } else if character == "\\" {
        index += 1
      } else if character == "`" || text[index...].starts(with: "$(") {
        return nil
      } else if text[index...].starts(with: "${") {
        // Within it quotes begin anew as well; that something closes it is all that is asked.
        guard let end = text[index...].firstIndex(of: "}") else { return index }
        index = end
      } else if let start = open {
        if character == text[start] { open = nil }
      } else if character == "'" || character == "\"" {
        open = index
      } else if character == "#", index == 0 || text[index - 1] == " " || text[index - 1] == "\t" {
        return nil
      }
      index += 1
    }
    return open
  }
}
