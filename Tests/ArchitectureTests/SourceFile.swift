import Foundation
import Testing

/// A Swift file of the package, as text.
struct SourceFile: Sendable, CustomTestStringConvertible {
  /// `Sources/Module/Folder/Name.swift`.
  let path: String
  let text: String

  var testDescription: String { path }
  var module: String { String(path.split(separator: "/")[1]) }
  var folders: [Substring] { path.split(separator: "/").dropFirst(2).dropLast() }
  var name: String { String(path.split(separator: "/").last ?? "") }
  var lineCount: Int { text.count { $0 == "\n" } }

  /// The modules it imports.
  var imports: [String] {
    text.matches(of: Self.importLine).map { String($0.module) }
  }

  /// The text without its comments and strings, so that a rule can be about words of the code.
  var code: String {
    text.replacing(/\/\/[^\n]*/, with: "")
      .replacing(/"""(?s:.*?)"""/, with: "\"\"")
      .replacing(/"(\\.|[^"\\\n])*"/, with: "\"\"")
  }

  private static var importLine: Regex<(Substring, module: Substring)> {
    /(?m)^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(?<module>\w+)/
  }
}

/// The files of `Sources` and `Tests`.
enum SourceTree {
  static let sources = files(in: "Sources")
  static let tests = files(in: "Tests")

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func files(in folder: String) -> [SourceFile] {
    let start = root.appending(path: folder).path()
    let paths = FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted().map { path in
      do {
        let text = try String(contentsOfFile: start + "/" + path, encoding: .utf8)
        return SourceFile(path: "\(folder)/\(path)", text: text)
      } catch {
        preconditionFailure("\(path) cannot be read: \(error)")
      }
    }
  }
}
