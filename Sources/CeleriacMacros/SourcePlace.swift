import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacros

/// Where a function is written, as the expansion says it.
struct SourcePlace {
  /// `Module/File.swift`, as `#fileID` has it.
  let file: String

  /// The line of the `func` keyword, from 1.
  let line: String

  init?(_ function: FunctionDeclSyntax, in context: some MacroExpansionContext) {
    let location = context.location(
      of: function.funcKeyword, at: .afterLeadingTrivia, filePathMode: .fileID)
    guard let location, let literal = location.file.as(StringLiteralExprSyntax.self),
      let file = literal.representedLiteralValue
    else { return nil }
    self.file = file
    line = location.line.trimmedDescription
  }

  var module: String { String(file.prefix { $0 != "/" }) }
}
