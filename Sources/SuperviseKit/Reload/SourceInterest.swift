/// Why a directory is looked at: a selection of sources, and what is ignored there.
struct SourceInterest {
  let selection: SourceSelection
  /// The rules that hold for what lies in the directory.
  private let ignored: IgnoreStack

  /// What is of interest in the root of a selection.
  init(in selection: SourceSelection) {
    let above = selection.heedsIgnoreRules ? IgnoreStack.above(selection.root) : IgnoreStack()
    self.init(selection: selection, ignored: above, in: selection.root)
  }

  private init(selection: SourceSelection, ignored: IgnoreStack, in directory: String) {
    self.selection = selection
    let rules = readText(directory.appendingName(".gitignore")).map(IgnoreRules.init)
    self.ignored = rules.map { ignored.adding($0, of: directory) } ?? ignored
  }

  /// The same in a directory further down; nil where no sources can lie.
  func entering(_ directory: String) -> SourceInterest? {
    guard let relative = directory.path(below: selection.root), selection.reaches(into: relative),
      !ignores(directory, isDirectory: true), !leadsAbove(directory)
    else { return nil }
    return SourceInterest(selection: selection, ignored: ignored, in: directory)
  }

  /// Whether a link leads to what the selection itself lies in, such as `/`: everything there is
  /// somebody else's, or is looked at already.
  private func leadsAbove(_ directory: String) -> Bool {
    guard linkDestination(directory) != nil, let goal = resolvedPath(directory) else {
      return false
    }
    return (resolvedPath(selection.root) ?? selection.root).path(below: goal) != nil
  }

  /// Whether a file in the directory is a source.
  func selects(_ path: String) -> Bool {
    guard let relative = path.path(below: selection.root) else { return false }
    return selection.contains(relative) && !ignores(path, isDirectory: false)
  }

  private func ignores(_ path: String, isDirectory: Bool) -> Bool {
    selection.heedsIgnoreRules && ignored.isIgnored(path, isDirectory: isDirectory)
  }
}

extension IgnoreStack {
  /// The rules of the directories above one, up to the top of its repository.
  ///
  /// Empty outside of a repository: there, nothing above the directory is any of its business.
  static func above(_ directory: String) -> IgnoreStack {
    var above: [String] = []
    var current = directory
    while !exists(current.appendingName(".git")) {
      guard current != "/", !current.isEmpty else { return IgnoreStack() }
      current = current.parentPath
      above.append(current)
    }
    return above.reversed().reduce(IgnoreStack()) { stack, directory in
      guard let text = readText(directory.appendingName(".gitignore")) else { return stack }
      return stack.adding(IgnoreRules(text), of: directory)
    }
  }
}
