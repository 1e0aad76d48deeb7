import CeleriacMacros
import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros

/// What the macros make of the source of a file `Tasks.swift`.
struct Expansion {
  /// The source with its attributes expanded.
  let text: String

  /// The messages, each where it points to: `‸` stands there in the marked source.
  let mistakes: [Mistake]

  /// The source after all fix-its.
  let fixed: String

  struct Mistake: Equatable {
    let markedSource: String
    let message: String
    let fixIts: [String]
  }

  init(of source: String, in module: String = "Mail") {
    let file = Parser.parse(source: source)
    let context = BasicMacroExpansionContext(
      sourceFiles: [file: .init(moduleName: module, fullFilePath: "/src/Tasks.swift")])
    let expanded = file.expand(
      macroSpecs: [
        "Task": MacroSpec(type: TaskMacro.self),
        "PeriodicTask": MacroSpec(type: PeriodicTaskMacro.self),
      ],
      contextGenerator: { node in
        BasicMacroExpansionContext(
          sharingWith: context, lexicalContext: node.allMacroLexicalContexts())
      })
    text = expanded.description

    mistakes = context.diagnostics.map { diagnostic in
      let offset = context.offset(of: diagnostic.position, in: diagnostic.node)
      return Mistake(
        markedSource: source.replacing(offset..<offset, with: "‸"),
        message: diagnostic.message, fixIts: diagnostic.fixIts.map(\.message.message))
    }
    let edits = context.diagnostics.flatMap(\.fixIts).flatMap(\.changes).compactMap {
      context.edit($0)
    }
    fixed = edits.sorted { $0.range.lowerBound > $1.range.lowerBound }
      .reduce(source) { text, edit in text.replacing(edit.range, with: edit.text) }
  }
}

extension BasicMacroExpansionContext {
  fileprivate func offset(of position: AbsolutePosition, in node: some SyntaxProtocol) -> Int {
    location(for: position, anchoredAt: Syntax(node), fileName: "").offset
  }

  /// What a fix-it's change writes over which bytes of the source; nil for kinds not used here.
  fileprivate func edit(_ change: FixIt.Change) -> (range: Range<Int>, text: String)? {
    switch change {
    case .replace(let old, let new):
      let start = offset(of: old.position, in: old)
      return (start..<start + old.totalLength.utf8Length, new.description)
    case .replaceLeadingTrivia(let token, let new):
      let start = offset(of: token.position, in: token)
      return (start..<start + token.leadingTriviaLength.utf8Length, new.description)
    case .replaceTrailingTrivia(let token, let new):
      let start = offset(of: token.endPositionBeforeTrailingTrivia, in: token)
      return (start..<start + token.trailingTriviaLength.utf8Length, new.description)
    default:
      return nil
    }
  }
}

extension String {
  /// The text with other text over a range of its UTF-8 bytes.
  fileprivate func replacing(_ range: Range<Int>, with text: String) -> String {
    let start = utf8.index(startIndex, offsetBy: range.lowerBound)
    let end = utf8.index(startIndex, offsetBy: range.upperBound)
    return self[..<start] + text + self[end...]
  }
}
