extension Launch {
  /// The variables that belong to the application: those of its files and of this command line,
  /// whatever this shell holds; in the order of their names.
  package func ownVariables(
    in folder: String
  ) throws(ConfigurationError) -> [(String, String)] {
    let files = [".env", ".env.\(mode.rawValue)"].map(folder.appendingPath).filter(exists)
    var list: [(String, String)] = []
    for file in files + environmentFiles {
      list += try variables(in: file, known: list, .current())
    }
    for text in assignments {
      guard let equal = text.firstIndex(of: "=") else { continue }
      list.append((String(text[..<equal]), String(text[text.index(after: equal)...])))
    }
    let values = [String: String](list) { $1 }
    return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
