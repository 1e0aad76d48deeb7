package import CLinux

extension String {
  /// Whether a text occurs in this one.
  package func has(_ text: String) -> Bool { text.isEmpty || end(of: text) != nil }

  /// The number that follows a text in this line.
  package func number(after text: String) -> pid_t? { value(of: text).flatMap { pid_t($0) } }

  /// The word that follows a text in this line.
  package func value(of text: String) -> String? {
    end(of: text).map { end in
      String(decoding: utf8[end...].prefix { $0 != 0x20 }, as: UTF8.self)
    }
  }

  private func end(of text: String) -> String.Index? {
    var rest = utf8[...]
    while !rest.starts(with: text.utf8) {
      guard rest.popFirst() != nil else { return nil }
    }
    return rest.dropFirst(text.utf8.count).startIndex
  }
}
