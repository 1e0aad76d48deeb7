import TestSupport

/// Random JSON text: deep and shallow, spaced in every way, with all that Python writes.
struct RandomJSON {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func text() -> [UInt8] {
    Array(value(depth: 0).utf8)
  }

  /// The same bytes with a few of them changed, dropped, doubled or cut off.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(bytes[index], at: index)
      case 4: bytes[index] = Array(#"{}[]",:\u0-e. n"#.utf8).randomElement(using: &generator) ?? 0
      default: if .random(using: &generator) { bytes.removeSubrange(index...) }
      }
    }
    return bytes
  }

  private mutating func value(depth: Int) -> String {
    let kind = Int.random(in: 0..<(depth < 5 ? 10 : 6), using: &generator)
    let text =
      switch kind {
      case 0: pick(["null", "true", "false", "NaN", "Infinity", "-Infinity"])
      case 1, 2: number()
      case 3, 4, 5: string()
      case 6, 7: "[\(list { $0.value(depth: depth + 1) })]"
      default:
        "{\(list { "\($0.string())\($0.space()):\($0.value(depth: depth + 1))" })}"
      }
    return space() + text + space()
  }

  private mutating func list(_ element: (inout RandomJSON) -> String) -> String {
    let count = Int.random(in: 0...4, using: &generator)
    guard count > 0 else { return space() }
    return (0..<count).map { _ in space() + element(&self) + space() }.joined(separator: ",")
  }

  private mutating func number() -> String {
    pick(["", "-"]) + pick(["0", "7", "12345678", "9007199254740993", "1180591620717411303424"])
      + pick(["", "", ".0", ".5", ".125"]) + pick(["", "", "e3", "E-7", "e+02", "e400"])
  }

  private mutating func string() -> String {
    let pieces = [
      "a", "task", "ü", "世界", "🚀", "\u{2028}", "\u{7F}", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\b"#,
      #"\f"#, #"\u0000"#, #"\u00FC"#, #"\ud83d\ude80"#, #"\ud800"#, #"\udc00"#, "'", "{", "]",
    ]
    let count = Int.random(in: 0...6, using: &generator)
    return "\"\((0..<count).map { _ in pick(pieces) }.joined())\""
  }

  private mutating func space() -> String {
    pick(["", "", "", " ", "\n", "\t \r\n"])
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices.randomElement(using: &generator) ?? ""
  }
}
