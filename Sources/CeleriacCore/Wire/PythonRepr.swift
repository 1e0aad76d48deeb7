/// The arguments as Python would print them, for the headers `argsrepr` and `kwargsrepr`.
///
/// Flower and Celery's logs show this text; nothing reads it back.
struct PythonRepr {
  /// Celery's own limit.
  static let maximumBytes = 1024

  let args: String
  let kwargs: String

  init(args: [UInt8], kwargs: [UInt8]) {
    var text = Self.python(args)
    let isSingle = args.count > 2 && !Self.hasTopLevelComma(text)
    if text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") {
      text[0] = UInt8(ascii: "(")
      text[text.count - 1] = UInt8(ascii: ")")
      if isSingle { text.insert(UInt8(ascii: ","), at: text.count - 1) }
    }
    self.args = Self.truncated(text)
    self.kwargs = Self.truncated(Self.python(kwargs))
  }

  // JSON and Python differ in three words, in the quotes, and in the blank after a separator.
  private static func python(_ json: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(min(json.count, maximumBytes) + 16)
    var index = 0
    while index < json.count, output.count <= maximumBytes {
      switch json[index] {
      case UInt8(ascii: "\""):
        index = appendString(json, from: index, to: &output)
        continue
      case UInt8(ascii: "t"): index += append("True", for: "true", to: &output)
      case UInt8(ascii: "f"): index += append("False", for: "false", to: &output)
      case UInt8(ascii: "n"): index += append("None", for: "null", to: &output)
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        output.append(json[index])
        output.append(UInt8(ascii: " "))
        index += 1
      case UInt8(ascii: " "): index += 1
      default:
        output.append(json[index])
        index += 1
      }
    }
    // Cut inside: closed again, so that the text stays one line of balanced look.
    if index < json.count { output.append(json.last ?? 0) }
    return output
  }

  private static func appendString(
    _ json: [UInt8], from start: Int, to output: inout [UInt8]
  ) -> Int {
    output.append(UInt8(ascii: "'"))
    var index = start + 1
    while index < json.count, json[index] != UInt8(ascii: "\"") {
      if json[index] == UInt8(ascii: "\\"), index + 1 < json.count {
        if json[index + 1] != UInt8(ascii: "\"") { output.append(json[index]) }
        index += 1
      } else if json[index] == UInt8(ascii: "'") {
        output.append(UInt8(ascii: "\\"))
      }
      output.append(json[index])
      index += 1
    }
    output.append(UInt8(ascii: "'"))
    return index + 1
  }

  private static func append(
    _ word: StaticString, for other: StaticString, to output: inout [UInt8]
  ) -> Int {
    output.append(json: word)
    return other.utf8CodeUnitCount
  }

  private static func hasTopLevelComma(_ text: [UInt8]) -> Bool {
    var depth = 0
    var isQuoted = false
    var previous: UInt8 = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "'") where previous != UInt8(ascii: "\\"): isQuoted.toggle()
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isQuoted ? 0 : 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isQuoted ? 0 : 1
      case UInt8(ascii: ",") where depth == 1 && !isQuoted: return true
      default: break
      }
      previous = byte
    }
    return false
  }

  private static func truncated(_ text: [UInt8]) -> String {
    guard text.count > maximumBytes else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text[..<(maximumBytes - 3)], as: UTF8.self) + "..."
  }
}
