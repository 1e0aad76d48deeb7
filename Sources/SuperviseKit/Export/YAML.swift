/// What a YAML file holds, and how it is written: block style, keys in the order they were given.
indirect enum YAML: Equatable {
  case text(String)
  case number(Int)
  case truth(Bool)
  case list([YAML])
  case map([(String, YAML)])

  /// The document, with a line end.
  var document: String { lines(YAML.isCollection(self) ? 0 : nil).joined(separator: "\n") + "\n" }

  private static func isCollection(_ node: YAML) -> Bool {
    switch node {
    case .list(let items): !items.isEmpty
    case .map(let entries): !entries.isEmpty
    case .text, .number, .truth: false
    }
  }

  private func lines(_ indent: Int?) -> [String] {
    guard let indent else { return [scalar] }
    let space = String(repeating: " ", count: indent)
    switch self {
    case .map(let entries):
      return entries.flatMap { key, value -> [String] in
        let key = "\(space)\(Self.plain(key)):"
        return Self.isCollection(value)
          ? [key] + value.lines(indent + 2) : ["\(key) \(value.scalar)"]
      }
    case .list(let items):
      return items.flatMap { item -> [String] in
        guard Self.isCollection(item) else { return ["\(space)- \(item.scalar)"] }
        var lines = item.lines(indent + 2)
        lines[0] = "\(space)- " + lines[0].dropFirst(indent + 2)
        return lines
      }
    case .text, .number, .truth:
      return [space + scalar]
    }
  }

  private var scalar: String {
    switch self {
    case .text(let text): Self.plain(text)
    case .number(let number): String(number)
    case .truth(let truth): truth ? "true" : "false"
    case .list: "[]"
    case .map: "{}"
    }
  }

  /// Without quotation marks only where nobody could take it for anything but this text.
  private static func plain(_ text: String) -> String {
    let isWord = text.first?.isLetter ?? false
    let isSafe = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_-./".utf8.contains(byte)
      }
    }
    let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    return isWord && isSafe && !words.contains(text.lowercased()) ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func == (left: YAML, right: YAML) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.truth(let left), .truth(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.map(let left), .map(let right)): left.elementsEqual(right) { $0 == $1 }
    default: false
    }
  }
}

extension YAML: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral text: String) { self = .text(text) }
  init(integerLiteral number: Int) { self = .number(number) }
  init(booleanLiteral truth: Bool) { self = .truth(truth) }
  init(arrayLiteral items: YAML...) { self = .list(items) }
  init(dictionaryLiteral entries: (String, YAML)...) { self = .map(entries) }

  /// Adds an entry to a map, unless there is nothing to add.
  subscript(key: String) -> YAML? {
    get {
      guard case .map(let entries) = self else { return nil }
      return entries.first { $0.0 == key }?.1
    }
    set {
      guard case .map(var entries) = self, let newValue else { return }
      if let index = entries.firstIndex(where: { $0.0 == key }) {
        entries[index].1 = newValue
      } else {
        entries.append((key, newValue))
      }
      self = .map(entries)
    }
  }
}
