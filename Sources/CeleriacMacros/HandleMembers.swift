import SwiftDiagnostics
import SwiftSyntax

/// The names that mean something else inside of a handle than outside.
enum HandleMembers {
  private static let names: Set = [
    "name", "options", "parameters", "periodic", "source", "s", "delay", "run", "check", "read",
    "signature", "register",
  ]

  static func contains(_ name: String) -> Bool { names.contains(name) }

  /// References in a user's expression that the handle's members would capture.
  static func captures(in expression: ExprSyntax) -> [Diagnostic] {
    let finder = CaptureFinder(viewMode: .sourceAccurate)
    finder.walk(expression)
    return finder.found.map { .init(.captured($0.baseName.text), at: $0) }
  }

  private final class CaptureFinder: SyntaxVisitor {
    private(set) var found: [DeclReferenceExprSyntax] = []

    override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
      if HandleMembers.contains(node.baseName.text) { found.append(node) }
      return .skipChildren
    }

    // What follows a dot is looked up in what stands before it.
    override func visit(_ node: MemberAccessExprSyntax) -> SyntaxVisitorContinueKind {
      if let base = node.base { walk(base) }
      return .skipChildren
    }

    // A closure may well have parameters of such names.
    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  }
}
