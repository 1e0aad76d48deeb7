/// Looks through sources again and again, where the kernel does not tell of changes.
struct SourceScan {
  private let selections: [SourceSelection]
  private var known: [String: FileIdentity]

  /// Takes what is there as known.
  init(_ selections: [SourceSelection]) {
    self.selections = selections
    known = Self.files(selections)
  }

  /// What has come, gone or changed since the last look; nil for nothing.
  mutating func look() -> SourceChange? {
    let found = Self.files(selections)
    let changed = found.filter { known[$0.key] != $0.value }.keys
    let gone = known.keys.filter { found[$0] == nil }
    known = found
    let files = (changed + gone).sorted()
    return files.isEmpty ? nil : SourceChange(files: files, directories: [])
  }

  private static func files(_ selections: [SourceSelection]) -> [String: FileIdentity] {
    var files: [String: FileIdentity] = [:]
    for selection in selections {
      var seen: Set<FileIdentity> = []
      collect(selection.root, SourceInterest(in: selection), &files, &seen)
    }
    return files
  }

  private static func collect(
    _ directory: String, _ interest: SourceInterest, _ files: inout [String: FileIdentity],
    _ seen: inout Set<FileIdentity>
  ) {
    // A link may lead in a circle.
    guard let own = FileIdentity(path: directory), seen.insert(own).inserted else { return }
    for name in namesInDirectory(directory) {
      let path = directory.appendingName(name)
      if isDirectory(path) {
        if let inner = interest.entering(path) { collect(path, inner, &files, &seen) }
      } else if interest.selects(path) {
        files[path] = FileIdentity(path: path)
      }
    }
  }
}
