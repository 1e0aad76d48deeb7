import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct SourceSelectionTests {
  let package = SourceSelection.swiftPackage(at: "/app/./sub/..")

  @Test(arguments: [
    "Package.swift", "Package@swift-6.3.swift", "Sources/App/main.swift", "Sources/C/include/c.h",
    "Sources/App/Resources/page.html", "Plugins/P/plugin.swift",
  ])
  func `what a build reads is a source`(path: String) {
    #expect(package.contains(path))
  }

  @Test(arguments: [
    "Tests/AppTests/a.swift", "README.md", "Package.resolved", "Sources/App/App.docc/App.md",
    "Sources/App/.DS_Store", "Sources/App/main.swift~", "Sources/App/#main.swift#",
    "Sources/App/.#main.swift", "Sources/App/.main.swift.swp", "Sources/App/4913",
    "Sources/App/5036", "Sources/App/main.swift___jb_tmp___", "Sources/App/sedJ7aQx2",
    "Examples/Sources/main.swift",
  ])
  func `what a build does not read is none`(path: String) {
    #expect(!package.contains(path))
  }

  @Test(arguments: ["4914", "main.swift", "sedation.swift", "a~b"])
  func `a name that only resembles an editor's is a source`(name: String) {
    #expect(package.contains("Sources/App/" + name))
  }

  @Test func `only directories that can hold sources are entered`() {
    #expect(package.root == "/app")
    #expect(package.reaches(into: "Sources"))
    #expect(package.reaches(into: "Sources/App/Deep"))
    #expect(!package.reaches(into: "Tests"))
    #expect(!package.reaches(into: ".build"))
    #expect(!package.reaches(into: "Sources/.hidden"))
  }

  @Test func `a hidden file is a source when a pattern names it with its dot`() {
    let selection = SourceSelection(root: "/app", patterns: ["config/.env", "config/*"])

    #expect(selection.contains("config/.env"))
    #expect(!selection.contains("config/.other"))
  }
}
