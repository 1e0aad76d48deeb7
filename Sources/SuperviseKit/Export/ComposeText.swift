/// Values in the file that compose reads as `env_file`.
///
/// The rules are those of https://docs.docker.com/compose/env-file/: what is not quoted is trimmed, ends
/// at ` #` and has its `$` replaced; in single quotes all stands for itself but `\'`; in double quotes
/// `\n`, `\r` and `\\` are known, and `$` is replaced.
enum ComposeText {
  /// The value as it has to be written; nil when there is no way to write it.
  static func quoted(_ value: String) -> String? {
    if !value.isEmpty, value.unicodeScalars.allSatisfy(isUsual) { return value }
    let hasLines = value.unicodeScalars.contains { $0 == "\n" || $0 == "\r" }
    if !hasLines, !value.hasSuffix("\\"), !value.contains("\\'") {
      return "'\(escaped(value, ["'": "\\'"]))'"
    }
    guard !value.contains("$") else { return nil }
    return "\"\(escaped(value, ["\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r"]))\""
  }

  private static func isUsual(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return false }
    return scalar.properties.isAlphabetic || "0"..."9" ~= scalar
      || "-_./:@%+,=&?*".unicodeScalars.contains(scalar)
  }

  private static func escaped(
    _ value: String, _ escapes: [Unicode.Scalar: String]
  ) -> String {
    value.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
  }
}
