import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxBuilder

extension TaskFunction {
  /// Whatever keeps the function from being a task.
  func mistakes(for kind: TaskAttribute.Kind) -> [Diagnostic] {
    guard case .identifier = syntax.name.tokenKind else {
      return [.init(.operatorFunction, at: syntax.name)]
    }
    if let generic = syntax.genericParameterClause {
      let names = generic.parameters.map(\.name.text)
      return [.init(.genericFunction(names), at: generic)]
    }
    let signature = syntax.signature
    return signature.parameterClause.parameters.flatMap(mistakes)
      + (signature.returnClause.map { $0.type.mistakes } ?? [])
      + sharedNames + misplacedContexts
      + (kind == .periodic ? missingDefaults : [])
      + (isRedeclaration ? [redeclaration] : [])
  }

  private func mistakes(of parameter: FunctionParameterSyntax) -> [Diagnostic] {
    if parameter.ellipsis != nil {
      let array: TypeSyntax = "[\(parameter.type.trimmed)]"
      let fixed = parameter.with(\.type, array).with(\.ellipsis, nil)
      return [
        .init(.variadic, at: parameter, fixIt: .replace(parameter, with: fixed, .takeArray))
      ]
    }
    for specifier in parameter.type.specifiers {
      switch specifier.tokenKind {
      case .keyword(.inout):
        let type = parameter.type.with(\.leadingTrivia, []).removingSpecifiers
        let fixIt = FixIt.replace(parameter.type, with: type, .removeInout)
        return [.init(.inoutParameter, at: specifier, fixIt: fixIt)]
      case .keyword(.isolated):
        return [.init(.isolatedParameter, at: specifier)]
      default:
        continue
      }
    }
    return parameter.type.mistakes
      + (parameter.defaultValue.map { HandleMembers.captures(in: $0.value) } ?? [])
  }

  /// Labels may be repeated, keywords may not.
  private var sharedNames: [Diagnostic] {
    var taken: Set<String> = []
    return parameters.compactMap { parameter in
      taken.insert(parameter.wireName).inserted
        ? nil : .init(.sharedName(parameter.wireName), at: parameter.syntax)
    }
  }

  private var misplacedContexts: [Diagnostic] {
    parameters.filter(\.syntax.type.isTaskContext).map { .init(.contextNotFirst, at: $0.syntax) }
  }

  private var missingDefaults: [Diagnostic] {
    parameters.filter { $0.defaultValue == nil }
      .map { .init(.noDefault($0.wireName), at: $0.syntax) }
  }

  /// Whether Swift cannot tell the function from a value of its name.
  private var isRedeclaration: Bool {
    syntax.signature.parameterClause.parameters.isEmpty
      && syntax.signature.effectSpecifiers?.asyncSpecifier == nil
  }

  private var redeclaration: Diagnostic {
    let parenthesis = syntax.signature.parameterClause.rightParen
    let insertion = FixIt.Change.replaceTrailingTrivia(
      token: parenthesis, newTrivia: .unexpectedText(" async") + parenthesis.trailingTrivia)
    return .init(
      .synchronousWithoutParameters(name), at: syntax.name,
      fixIt: FixIt(message: TaskFixIt.insertAsync, changes: [insertion]))
  }
}

extension TypeSyntax {
  /// What in the type is sure not to be `Codable`; the compiler finds the rest.
  var mistakes: [Diagnostic] {
    switch Syntax(self).as(SyntaxEnum.self) {
    case .functionType:
      return [.init(.function(trimmedDescription), at: self)]
    case .someOrAnyType(let type):
      let isOpaque = type.someOrAnySpecifier.tokenKind == .keyword(.some)
      let text = trimmedDescription
      return [.init(isOpaque ? .opaque(text) : .existential(text), at: self)]
    case .tupleType(let tuple) where tuple.elements.count == 1:
      return tuple.elements.flatMap(\.type.mistakes)
    case .tupleType(let tuple):
      return tuple.elements.isEmpty ? [] : [.init(.tuple(trimmedDescription), at: self)]
    case .attributedType(let type): return type.baseType.mistakes
    case .optionalType(let type): return type.wrappedType.mistakes
    case .implicitlyUnwrappedOptionalType(let type): return type.wrappedType.mistakes
    case .arrayType(let type): return type.element.mistakes
    case .dictionaryType(let type): return type.key.mistakes + type.value.mistakes
    case .identifierType(let type):
      let arguments = type.genericArgumentClause?.arguments.compactMap { argument in
        argument.argument.as(TypeSyntax.self)
      }
      switch type.name.text {
      case "Any", "AnyObject": return [.init(.existential(type.name.text), at: self)]
      case "Self": return [.init(.selfType, at: self)]
      default: return arguments?.flatMap(\.mistakes) ?? []
      }
    default: return []
    }
  }

  /// How a parameter of the type is passed.
  var specifiers: [TokenSyntax] {
    self.as(AttributedTypeSyntax.self)?.specifiers
      .compactMap { $0.as(SimpleTypeSpecifierSyntax.self)?.specifier } ?? []
  }

  var removingSpecifiers: TypeSyntax {
    self.as(AttributedTypeSyntax.self).map { TypeSyntax($0.with(\.specifiers, [])) } ?? self
  }
}
