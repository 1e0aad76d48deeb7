import SwiftDiagnostics
import SwiftSyntax

/// The function that becomes a task.
struct TaskFunction {
  let syntax: FunctionDeclSyntax

  /// The label of a first parameter that is the context; `_` for none, nil without such a parameter.
  let contextLabel: String?

  /// The parameters that travel.
  let parameters: [TaskFunctionParameter]

  init(_ function: FunctionDeclSyntax) {
    syntax = function
    var all = Array(function.signature.parameterClause.parameters)
    if let first = all.first, first.type.isTaskContext {
      contextLabel = first.firstName.labelText
      all.removeFirst()
    } else {
      contextLabel = nil
    }
    let firstLabelled = all.firstIndex { $0.firstName.text != "_" } ?? all.endIndex
    parameters = all.enumerated().map { index, parameter in
      TaskFunctionParameter(parameter, index, isKeyword: index >= firstLabelled)
    }
  }

  /// The name without backticks.
  var name: String { syntax.name.identifierText }

  /// The name as code has it.
  var nameInCode: String { syntax.name.text }

  /// The type of the result, nil for none.
  var result: String? {
    guard let type = syntax.signature.returnClause?.type else { return nil }
    let text = type.valueText
    return ["Void", "Swift.Void", "()"].contains(text) ? nil : text
  }

  /// The function as an expression: `sendEmail(to:_:)`.
  var reference: String {
    let labels = (contextLabel.map { [$0] } ?? []) + parameters.map(\.label)
    guard !labels.isEmpty else { return nameInCode }
    return "\(nameInCode)(\(labels.map { "\($0):" }.joined()))"
  }

  /// The function's type once it may wait, throw and hop to whatever actor it belongs to.
  var asyncType: String {
    let context = contextLabel == nil ? [] : ["\(core).TaskContext"]
    let types = context + parameters.map(\.typeInFunction)
    return "@concurrent (\(types.joined(separator: ", "))) async throws -> \(result ?? "Void")"
  }
}

/// A parameter of a task that travels as an argument.
struct TaskFunctionParameter {
  let syntax: FunctionParameterSyntax

  /// The argument label, `_` for none.
  let label: String

  /// The name inside the function.
  let name: String

  /// The name under which it is found as a keyword argument.
  let wireName: String

  /// Whether it is sent by name rather than by position.
  let isKeyword: Bool

  init(_ parameter: FunctionParameterSyntax, _ index: Int, isKeyword: Bool) {
    syntax = parameter
    self.isKeyword = isKeyword
    label = parameter.firstName.labelText
    let inner = parameter.secondName ?? parameter.firstName
    name = inner.text == "_" ? "arg\(index)" : inner.text
    let named = label == "_" ? inner : parameter.firstName
    wireName = named.text == "_" ? name : named.identifierText
  }

  /// The type of the value itself.
  var type: String { syntax.type.valueText }

  /// The type as it stands in the type of the function.
  var typeInFunction: String {
    let isSending =
      syntax.type.as(AttributedTypeSyntax.self)?.specifiers.contains {
        $0.as(SimpleTypeSpecifierSyntax.self)?.specifier.tokenKind == .keyword(.sending)
      } ?? false
    return isSending ? "sending \(type)" : type
  }

  /// The default value, if there is one.
  var defaultValue: String? { syntax.defaultValue?.value.trimmedDescription }

  /// The parameter of `s` and `delay`: `to address: String = "ada"`.
  var declaration: String {
    let names = label == name ? name : "\(label) \(name)"
    return "\(names): \(type)\(defaultValue.map { " = \($0)" } ?? "")"
  }

  /// The argument when `delay` calls `s`: `to: address`.
  var forwarded: String { label == "_" ? name : "\(label): \(name)" }
}

extension TypeSyntax {
  /// The type of the values, without the specifiers that say how a parameter is passed.
  var valueText: String {
    if let attributed = self.as(AttributedTypeSyntax.self) {
      return attributed.baseType.valueText
    }
    if let implicit = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
      return "\(implicit.wrappedType.trimmedDescription)?"
    }
    return trimmedDescription
  }

  /// Whether the worker fills the parameter in.
  var isTaskContext: Bool {
    ["TaskContext", "CeleriacCore.TaskContext", "Celeriac.TaskContext"].contains(valueText)
  }
}

extension TokenSyntax {
  /// The name without the backticks that let it be a keyword.
  var identifierText: String {
    let text = text
    guard text.count > 2, text.hasPrefix("`"), text.hasSuffix("`") else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// The name as an argument label: of all keywords, three need backticks there.
  var labelText: String {
    let plain = identifierText
    return plain.isPlainIdentifier && !["inout", "let", "var"].contains(plain) ? plain : text
  }
}

extension String {
  /// Whether the name can do without backticks, if it is no keyword.
  var isPlainIdentifier: Bool {
    first?.isNumber == false && allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
  }
}
