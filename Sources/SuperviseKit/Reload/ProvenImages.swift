/// The last good image of every executable, by path.
///
/// A rebuild that yields the same bytes keeps the image it had, so that whoever compares the
/// images of processes sees no difference. What is kept here can be started even while the path
/// is missing.
struct ProvenImages {
  /// What is known of an executable after another look at it.
  enum Outcome {
    /// New bytes.
    case changed(ExecutableImage)
    /// The bytes that were proven before, perhaps in another file.
    case unchanged(ExecutableImage)
    /// No image came of it; the one before, if any, is kept.
    case rejected(ExecutableProof)
  }

  private struct Entry {
    let image: ExecutableImage
    /// The file last seen at the path; another one than the image's after an equal rebuild.
    var seen: FileIdentity
  }

  private var entries: [String: Entry] = [:]
  /// What lies where an image was before, or never was, and is started by its path.
  private var scripts: [String: FileIdentity] = [:]

  /// The last good image of a path.
  subscript(path: String) -> ExecutableImage? { entries[path]?.image }

  /// The script that is newer than any image of the path.
  func script(at path: String) -> FileIdentity? { scripts[path] }

  /// Looks at what the path leads to now.
  ///
  /// With `anyFile`, another file is news even if it holds the same bytes.
  mutating func prove(path: String, anyFile: Bool = false) -> Outcome {
    let known = entries[path]
    if let known, known.seen == FileIdentity(path: path), known.image.isIntact {
      scripts[path] = nil
      return .unchanged(known.image)
    }
    let proof = ExecutableImage.prove(path: path)
    if case .script(let file) = proof { scripts[path] = file }
    guard case .proven(let image) = proof else { return .rejected(proof) }
    scripts[path] = nil
    if let known, !anyFile, known.image.hasSameBytes(as: image) {
      entries[path]?.seen = image.file
      return .unchanged(known.image)
    }
    entries[path] = Entry(image: image, seen: image.file)
    return .changed(image)
  }

  /// Makes an older image the last good one again, after its successor failed to start.
  ///
  /// The file at the path remains known, so that it is not taken for new until it changes.
  mutating func revert(to image: ExecutableImage) {
    let seen = FileIdentity(path: image.path) ?? image.file
    entries[image.path] = Entry(image: image, seen: seen)
    scripts[image.path] = nil
  }

  /// A script has started well, so that what was there before it is not the last good one.
  mutating func forgetImage(before script: FileIdentity, at path: String) {
    if scripts[path] == script { entries[path] = nil }
  }
}
