/// Splitting of text into words the way a shell does it, without expansion.
enum Word {
  /// The words of a line, quotes removed; nil when a quote is not closed.
  static func split(_ text: Substring) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = word ?? ""
        word?.append(character)
      }
    }
    guard quote == nil else { return nil }
    if let last = word { words.append(last) }
    return words
  }
}

extension StringProtocol {
  /// Without the blanks at both ends.
  var trimmed: SubSequence {
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let start = drop(while: blank)
    guard let last = start.lastIndex(where: { !blank($0) }) else { return start }
    return start[...last]
  }
}
