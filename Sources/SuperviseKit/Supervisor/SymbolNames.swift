import Glibc

/// Linkers know Swift's functions only by their mangled names; people know them by their own.
enum SymbolNames {
  /// The text with each mangled Swift name written as in the source.
  static func demangled(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = mangledName(in: rest) {
      let name = rest[start...].prefix { $0 == "$" || $0 == "_" || $0.isLetter || $0.isNumber }
      result += rest[..<start] + (demangled(name: String(name)) ?? String(name))
      rest = rest[name.endIndex...]
    }
    return result + rest
  }

  private static func mangledName(in text: Substring) -> Substring.Index? {
    var previous: Character = " "
    for index in text.indices {
      if text[index] == "$", text[index...].hasPrefix("$s"), !previous.isLetter { return index }
      previous = text[index]
    }
    return nil
  }

  private static func demangled(name: String) -> String? {
    guard let text = swiftDemangle(name, name.utf8.count, nil, nil, 0) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

/// Of the Swift runtime, which every Swift program is linked with; the result is to be freed.
@_silgen_name("swift_demangle")
private func swiftDemangle(
  _ name: UnsafePointer<CChar>, _ length: Int, _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?
