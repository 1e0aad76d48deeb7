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

  /// Whatever keeps the place from having the function as a task.
  func mistakes(of function: FunctionDeclSyntax) -> [Diagnostic] {
    for node in context {
      if node.is(ProtocolDeclSyntax.self) {
        return [.init(.inProtocol, at: function.name)]
      }
      let type = node.asProtocol((any DeclGroupSyntax).self)
      guard type != nil else { return [.init(.local, at: function.name)] }
      if node.isGenericContext { return [.init(.inGenericType, at: function.name)] }
    }
    guard isType, !function.modifiers.isStatic else { return [] }
    let keyword = function.funcKeyword
    let insertion = FixIt.Change.replaceLeadingTrivia(
      token: keyword, newTrivia: keyword.leadingTrivia + .unexpectedText("static "))
    let isActor = context.first?.is(ActorDeclSyntax.self) ?? false
    return [
      .init(
        isActor ? .actorMethod : .method, at: function.name,
        fixIt: FixIt(message: TaskFixIt.insertStatic, changes: [insertion]))
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

extension Syntax {
  /// Whether it is a generic type, or an extension that only a generic type can have.
  fileprivate var isGenericContext: Bool {
    if let type = self.as(ExtensionDeclSyntax.self) {
      return type.genericWhereClause != nil || !type.extendedType.isPlainName
    }
    return asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
  }
}

extension TypeSyntax {
  /// Whether it is a name, or several with dots, without arguments in angle brackets.
  fileprivate var isPlainName: Bool {
    if let member = self.as(MemberTypeSyntax.self) {
      return member.genericArgumentClause == nil && member.baseType.isPlainName
    }
    return self.as(IdentifierTypeSyntax.self).map { $0.genericArgumentClause == nil } ?? false
  }
}
