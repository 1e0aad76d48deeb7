import SwiftDiagnostics
import SwiftSyntax

/// What surrounds a task's function.
struct TaskScope {
  /// The names of the enclosing types, the outermost first; empty at file scope.
  let types: [String]

  private let context: [Syntax]

  init(_ lexicalContext: [Syntax]) {
    context = lexicalContext
    types = lexicalContext.reversed().compactMap { node in
      if let type = node.asProtocol((any NamedDeclSyntax).self) { return type.name.identifierText }
      return node.as(ExtensionDeclSyntax.self)?.extendedType.trimmedDescription
    }
  }

  /// Whether the task is a static member rather than a free function.
  var isType: Bool { !types.isEmpty }

  /// What members of the scope are at least when they say nothing: `public extension` makes them
  /// public, and writing it again would be a warning.
  var memberAccess: String? {
    context.first?.as(ExtensionDeclSyntax.self)?.modifiers.accessLevel
  }

  func mistakes(of function: FunctionDeclSyntax) -> [Diagnostic] {
    for node in context {
      if node.is(ProtocolDeclSyntax.self) {
        return [.init(.inProtocol, at: function.name)]
      }
      let type = node.asProtocol((any DeclGroupSyntax).self)
      guard type != nil else { return [.init(.local, at: function.name)] }
      if let generic = node.asProtocol((any WithGenericParametersSyntax).self),
        generic.genericParameterClause != nil
      {
        return [.init(.inGenericType, at: function.name)]
      }
    }
    guard isType, !function.modifiers.isStatic else { return [] }
    let keyword = function.funcKeyword
    let insertion = FixIt.Change.replaceLeadingTrivia(
      token: keyword, newTrivia: keyword.leadingTrivia + .unexpectedText("static "))
    let inActor = context.first?.is(ActorDeclSyntax.self) ?? false
    return [
      .init(
        .instanceMethod(inActor: inActor), at: function.name,
        fixIt: FixIt(message: TaskFixIt.makeStatic, changes: [insertion]))
    ]
  }
}

extension DeclModifierListSyntax {
  /// The access level that is written, without the one for setters.
  var accessLevel: String? {
    let levels: [Keyword] = [.private, .fileprivate, .internal, .package, .public, .open]
    for modifier in self where modifier.detail == nil {
      if case .keyword(let keyword) = modifier.name.tokenKind, levels.contains(keyword) {
        return modifier.name.text
      }
    }
    return nil
  }

  var isStatic: Bool {
    contains {
      $0.name.tokenKind == .keyword(.static) || $0.name.tokenKind == .keyword(.class)
    }
  }
}

extension TokenSyntax {
  /// The name without the backticks that let it be a keyword.
  var identifierText: String {
    let text = text
    return text.count > 2 && text.hasPrefix("`") && text.hasSuffix("`")
      ? String(text.dropFirst().dropLast()) : text
  }
}
