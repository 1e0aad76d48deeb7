/// The arguments as Python would print them, for the headers `argsrepr` and `kwargsrepr`.
///
/// Flower and Celery's logs show this text; nothing reads it back.
struct PythonRepr {
  /// Celery's own limit.
  static let maximumBytes = 1024

  /// UTF-8, as what follows.
  let args: [UInt8]
  let kwargs: [UInt8]

  init(args: [UInt8], kwargs: [UInt8]) {
    var tuple = PythonText(args)
    tuple.translate()
    tuple.turnIntoTuple()
    self.args = tuple.truncated
    guard kwargs.count > 2 else {
      self.kwargs = Self.nothing
      return
    }
    var dictionary = PythonText(kwargs)
    dictionary.translate()
    self.kwargs = dictionary.truncated
  }

  private static let nothing = Array("{}".utf8)
}

/// JSON text on its way to Python's spelling.
///
/// They differ in five words, in the quotes and escapes, and in the blank after a separator. It
/// stops where the text is long enough, however much is left.
private struct PythonText {
  private let json: [UInt8]
  private var index = 0
  private var depth = 0
  private var topLevelCommas = 0
  private(set) var bytes: [UInt8] = []

  init(_ json: [UInt8]) {
    self.json = json
    bytes.reserveCapacity(min(json.count, PythonRepr.maximumBytes) + 16)
  }

  private var isLongEnough: Bool { bytes.count > PythonRepr.maximumBytes }

  mutating func translate() {
    while index < json.count, !isLongEnough {
      let byte = json[index]
      switch byte {
      case UInt8(ascii: "\""): translateString()
      case UInt8(ascii: "t"): write("True", insteadOf: "true")
      case UInt8(ascii: "f"): write("False", insteadOf: "false")
      case UInt8(ascii: "n"): write("None", insteadOf: "null")
      case UInt8(ascii: "N"): write("nan", insteadOf: "NaN")
      case UInt8(ascii: "I"): write("inf", insteadOf: "Infinity")
      case UInt8(ascii: ","):
        if depth == 1 { topLevelCommas += 1 }
        write(", ", insteadOf: ",")
      case UInt8(ascii: ":"): write(": ", insteadOf: ":")
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
        index += 1
      default:
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
        bytes.append(byte)
        index += 1
      }
    }
  }

  /// Makes the list the tuple that positional arguments are; one alone has a comma after it.
  mutating func turnIntoTuple() {
    guard bytes.first == UInt8(ascii: "["), bytes.count > 1 else { return }
    bytes[0] = UInt8(ascii: "(")
    guard depth == 0 else { return }
    bytes.removeLast()
    if topLevelCommas == 0, bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: ")"))
  }

  /// The text, or as much of it as may stand there.
  var truncated: [UInt8] {
    guard isLongEnough else { return bytes }
    var end = PythonRepr.maximumBytes - 3
    // Not inside a character: its further bytes are 10xxxxxx.
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return bytes[..<end] + Array("...".utf8)
  }

  private mutating func write(_ text: StaticString, insteadOf word: StaticString) {
    bytes.append(json: text)
    index += word.utf8CodeUnitCount
  }

  private mutating func translateString() {
    let quote = quote(ofStringAt: index)
    bytes.append(quote)
    index += 1
    while index < json.count, json[index] != UInt8(ascii: "\""), !isLongEnough {
      let byte = json[index]
      if byte == UInt8(ascii: "\\"), index + 1 < json.count {
        translateEscape()
        continue
      }
      if byte == quote { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
      index += 1
    }
    bytes.append(quote)
    index += 1
  }

  private mutating func translateEscape() {
    let letter = json[index + 1]
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "/"):
      bytes.append(letter)
      index += 2
    case UInt8(ascii: "b"): write("\\x08", insteadOf: "\\b")
    case UInt8(ascii: "f"): write("\\x0c", insteadOf: "\\f")
    case UInt8(ascii: "u") where json[index...].starts(with: #"\u00"#.utf8):
      write("\\x", insteadOf: "\\u00")
    default:
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(letter)
      index += 2
    }
  }

  // Python takes double quotes for a string that has single ones in it, and no double ones.
  private func quote(ofStringAt start: Int) -> UInt8 {
    var hasSingle = false
    var index = start + 1
    let end = min(json.count, start + PythonRepr.maximumBytes)
    while index < end, json[index] != UInt8(ascii: "\"") {
      if json[index] == UInt8(ascii: "'") { hasSingle = true }
      if json[index] == UInt8(ascii: "\\") {
        index += 1
        if index < end, json[index] == UInt8(ascii: "\"") { return UInt8(ascii: "'") }
      }
      index += 1
    }
    return UInt8(ascii: hasSingle ? "\"" : "'")
  }
}
