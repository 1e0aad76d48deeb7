import Testing

@testable import SuperviseKit

/// What `--watch` means.
@Suite(.timeLimit(.minutes(1)))
struct SourceSelectionPatternTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.makeDirectory("app/src/deep")
    try scratch.makeDirectory("common/lib")
    try scratch.write("app/tasks.py", "")
  }

  @Test func `a glob is seen from the folder`() {
    let selections = select("src/**/*.py", "*.toml")

    #expect(selections.count == 1)
    #expect(concerns("app/src/deep/a.py", in: selections))
    #expect(concerns("app/x.toml", in: selections))
    #expect(!concerns("app/src/a.txt", in: selections))
  }

  @Test func `a folder stands for all that is in it`() {
    for text in ["src", "src/", "./src", scratch["app/src"]] {
      let selections = select(text)
      #expect(concerns("app/src/deep/a.py", in: selections), "\(text)")
      #expect(!concerns("app/tasks.py", in: selections), "\(text)")
    }
  }

  @Test func `the folder itself stands for everything in it`() {
    #expect(concerns("app/src/deep/a.py", in: select(".")))
  }

  @Test func `a file is itself, whatever git is told to ignore`() throws {
    let selections = select("tasks.py", scratch["common/lib/other"])

    #expect(concerns("app/tasks.py", in: selections))
    #expect(concerns("common/lib/other", in: selections))
    #expect(!concerns("common/lib/another", in: selections))
    #expect(selections.map(\.heedsIgnoreRules) == [false, false])
  }

  @Test func `what lies outside is watched where it lies`() {
    let selections = select("../common/**", "src/**")

    #expect(selections.map(\.root) == [scratch["common"], scratch["app"]])
    #expect(concerns("common/lib/x", in: selections))
  }

  @Test func `a directory that went concerns those whose files were in it`() {
    let selections = select("src/**/*.py")

    #expect(selections.contains { $0.concerns(scratch["app/src/deep"], isDirectory: true) })
    #expect(!selections.contains { $0.concerns(scratch["app/other"], isDirectory: true) })
  }

  private func select(_ patterns: String...) -> [SourceSelection] {
    SourceSelection.selections(of: patterns, in: scratch["app"])
  }

  private func concerns(_ file: String, in selections: [SourceSelection]) -> Bool {
    selections.contains { $0.concerns(scratch[file], isDirectory: false) }
  }
}
