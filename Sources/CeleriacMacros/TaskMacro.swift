import SwiftDiagnostics
public import SwiftSyntax
public import SwiftSyntaxMacros

/// `@Task`: makes a task of a function.
public enum TaskMacro: PeerMacro {
  /// The expansion is laid out where it is written.
  public static var formatMode: FormatMode { .disabled }

  /// Gives the task's handle, the value named like the function, and the record to be discovered by.
  public static func expansion(
    of attribute: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) -> [DeclSyntax] {
    expand(attribute, as: .called, on: declaration, in: context)
  }
}

/// `@PeriodicTask`: makes a task of a function that runs by itself when it is due.
public enum PeriodicTaskMacro: PeerMacro {
  /// The expansion is laid out where it is written.
  public static var formatMode: FormatMode { .disabled }

  /// Gives the task's handle, the value named like the function, and the record to be discovered by.
  public static func expansion(
    of attribute: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) -> [DeclSyntax] {
    expand(attribute, as: .periodic, on: declaration, in: context)
  }
}

// Every mistake is reported, then nothing is expanded if there was one.
private func expand(
  _ node: AttributeSyntax, as kind: TaskAttribute.Kind, on declaration: some DeclSyntaxProtocol,
  in context: some MacroExpansionContext
) -> [DeclSyntax] {
  guard let function = declaration.as(FunctionDeclSyntax.self) else {
    let name = node.attributeName.trimmedDescription
    context.diagnose(.init(.notAFunction(attribute: name), at: node))
    return []
  }

  // With both attributes, the periodic one speaks.
  let other = function.attributes.attribute(kind == .called ? "PeriodicTask" : "Task")
  if let other {
    if kind == .periodic { context.diagnose(.init(removing: other, from: function)) }
    return []
  }

  let attribute = TaskAttribute(node, kind)
  let scope = TaskScope(context.lexicalContext)
  let task = TaskFunction(function)

  let mistakes =
    attribute.mistakes + scope.mistakes(of: function) + task.mistakes(for: kind)
  for mistake in mistakes { context.diagnose(mistake) }
  guard mistakes.isEmpty else { return [] }
  guard let place = SourcePlace(function, in: context) else {
    context.diagnose(.init(.placeless, at: function.name))
    return []
  }

  let path = [place.module] + scope.types + [function.name.identifierText]
  let wireName = attribute.name ?? path.joined(separator: ".")
  if let mistake = attribute.mistake(inWireName: wireName, of: function) {
    context.diagnose(mistake)
    return []
  }
  let expansion = TaskExpansion(
    task: task, scope: scope, attribute: attribute, place: place, wireName: wireName)
  return expansion.declarations
}

extension AttributeListSyntax {
  /// The attribute of a name.
  fileprivate func attribute(_ name: String) -> AttributeSyntax? {
    compactMap { $0.as(AttributeSyntax.self) }.first {
      [name, "Celeriac.\(name)"].contains($0.attributeName.trimmedDescription)
    }
  }
}

extension Diagnostic {
  fileprivate init(removing attribute: AttributeSyntax, from function: FunctionDeclSyntax) {
    let others = function.attributes.filter { $0.as(AttributeSyntax.self) != attribute }
    let remaining = AttributeListSyntax(Array(others))
      .with(\.leadingTrivia, function.attributes.leadingTrivia)
    self.init(
      .bothAttributes, at: attribute,
      fixIt: .replace(function.attributes, with: remaining, .removeTask))
  }
}
