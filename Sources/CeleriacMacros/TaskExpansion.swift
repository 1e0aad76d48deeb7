import SwiftSyntax
import SwiftSyntaxBuilder

/// The module whose public names the expansion uses.
let core = "CeleriacCore"

/// What `@Task` writes: a handle, a value of it named like the function, and a record.
///
/// Only public names are used, so all of it can be written by hand as well.
struct TaskExpansion {
  let task: TaskFunction
  let scope: TaskScope
  let attribute: TaskAttribute
  let place: SourcePlace
  let wireName: String

  var declarations: [DeclSyntax] {
    [handle, value, record].map { "\(raw: $0)" }
  }

  // MARK: names that keep clear of the user's

  private var handleName: String { "Task_\(task.name)".inCode }
  private var recordName: String { "TaskRecord_\(task.name)".inCode }

  /// A name for a local variable that no parameter has.
  private func fresh(_ name: String) -> String {
    var name = name
    while task.parameters.contains(where: { $0.name == name }) { name = "_" + name }
    return name
  }

  // MARK: modifiers

  /// What is written before each of the three declarations.
  private var attributes: String {
    task.syntax.attributes.compactMap { $0.as(AttributeSyntax.self) }
      .filter { $0.attributeName.trimmedDescription == "available" }
      .map { "\($0.trimmedDescription)\n" }.joined()
  }

  /// The access level of the declarations, as it stands on the function.
  private var access: String {
    guard let level = task.syntax.modifiers.accessLevel else { return "" }
    return level == "open" ? "public " : "\(level) "
  }

  /// The access level of the handle's members.
  private var memberAccess: String {
    switch task.syntax.modifiers.accessLevel ?? scope.memberAccess {
    case "public", "open": "public "
    case "package": "package "
    default: ""
    }
  }

  private var staticKeyword: String { scope.isType ? "static " : "" }

  // MARK: the value and the record

  private var value: String {
    "\(attributes)\(access)nonisolated \(staticKeyword)let \(task.nameInCode) = \(handleName)()"
  }

  private var record: String {
    """
    \(attributes)@section("celeriac_tasks") @used
    private nonisolated \(staticKeyword)let \(recordName): \(core).TaskRecord = (
      kind: 0x6365_6C74, version: 1,
      accessor: { unsafe \(handleName)().register(into: $0) }, reserved: 0
    )
    """
  }

  // MARK: the handle

  private var handle: String {
    """
    \(attributes)\(access)nonisolated struct \(handleName): \(core).TaskHandle {
    \(indented([facts, signature, delay, run, check, read].compactMap(\.self)))
    }
    """
  }

  private func indented(_ members: [String]) -> String {
    members.map { member in
      member.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private var facts: String {
    var lines = [
      "\(memberAccess)let name = \(wireName.literal)",
      "\(memberAccess)let options = \(core).TaskOptions(\(attribute.options))",
      "\(memberAccess)let parameters: [\(core).TaskParameter] = [\(parameterList)]",
      "\(memberAccess)let source = \(core).SourceLocation("
        + "file: \(place.file.literal), line: \(place.line))",
    ]
    if let periodic = attribute.periodic {
      lines.append(
        "\(memberAccess)let periodic: \(core).PeriodicOptions? = "
          + "\(core).PeriodicOptions(\(periodic))")
    }
    return lines.joined(separator: "\n")
  }

  private var parameterList: String {
    task.parameters.map { parameter in
      let hasDefault = parameter.defaultValue == nil ? "" : ", hasDefault: true"
      return
        "\n  \(core).TaskParameter(\(parameter.wireName.literal), "
        + "type: \(parameter.type.literal)\(hasDefault)),"
    }.joined() + (task.parameters.isEmpty ? "" : "\n")
  }

  private var declaredParameters: String {
    task.parameters.map(\.declaration).joined(separator: ", ")
  }

  private var output: String { task.result ?? "\(core).Nothing" }

  private var signature: String {
    let head = "\(memberAccess)func s(\(declaredParameters)) -> \(core).Signature<\(output)> {"
    guard !task.parameters.isEmpty else {
      return "\(head)\n  self.signature(\(core).CallArguments())\n}"
    }
    let call = fresh("call")
    let appends = task.parameters.map { parameter in
      let key = parameter.isKeyword ? ", for: \(parameter.wireName.literal)" : ""
      return "  \(call).append(\(parameter.name)\(key))\n"
    }
    return """
      \(head)
        var \(call) = \(core).CallArguments()
      \(appends.joined())  return self.signature(\(call))
      }
      """
  }

  private var delay: String {
    """
    @discardableResult
    \(memberAccess)func delay(\(declaredParameters)) async throws -> \(core).TaskResult<\(output)> {
      try await self.s(\(task.parameters.map(\.forwarded).joined(separator: ", "))).delay()
    }
    """
  }

  private var run: String {
    let (context, arguments) = (fresh("context"), fresh("arguments"))
    let function = fresh("function")
    let values = (task.contextLabel == nil ? [] : [context]) + task.parameters.map(\.name)
    let call = "try await \(function)(\(values.joined(separator: ", ")))"
    let reading =
      task.parameters.isEmpty
      ? "try \(arguments).finish()" : "let \(names) = try self.read(\(arguments))"
    return """
      \(memberAccess)func run(
        _ \(context): \(core).TaskContext, _ \(arguments): \(core).Arguments
      ) async throws -> \(output) {
        let \(function): \(task.asyncType) = \(qualifiedReference)
        \(reading)
        \(task.result == nil ? "\(call)\n  return \(core).Nothing()" : "return \(call)")
      }
      """
  }

  private var check: String {
    let body =
      task.parameters.isEmpty ? "try arguments.finish()" : "_ = try self.read(arguments)"
    return """
      \(memberAccess)func check(_ arguments: \(core).Arguments) throws(\(core).ArgumentError) {
        \(body)
      }
      """
  }

  private var read: String? {
    guard !task.parameters.isEmpty else { return nil }
    let arguments = fresh("arguments")
    let lines = task.parameters.map { parameter in
      let value = parameter.defaultValue.map { ", default: \($0)" } ?? ""
      return
        "  let \(parameter.name): \(parameter.type) = "
        + "try \(arguments).next(\(parameter.wireName.literal)\(value))\n"
    }
    let types = task.parameters.map(\.type).joined(separator: ", ")
    return """
      private func read(
        _ \(arguments): \(core).Arguments
      ) throws(\(core).ArgumentError) -> (\(types)) {
        var \(arguments) = \(arguments)
      \(lines.joined())  try \(arguments).finish()
        return \(names)
      }
      """
  }

  /// The values that were read, as a pattern and as an expression.
  private var names: String {
    let names = task.parameters.map(\.name)
    return names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))"
  }

  /// The function as seen from inside of the handle, whose own members would hide a namesake.
  private var qualifiedReference: String {
    let members = [
      "name", "options", "parameters", "source", "periodic", "s", "delay", "run", "check", "read",
      "signature", "register",
    ]
    guard members.contains(task.name) else { return task.reference }
    return scope.isType
      ? "\(scope.types.joined(separator: ".")).\(task.reference)"
      : "\(place.module)::\(task.reference)"
  }
}

extension String {
  /// The text as a Swift string literal.
  var literal: String { StringLiteralExprSyntax(content: self).description }

  /// The name as code has it: in backticks where it is no plain identifier.
  var inCode: String {
    allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber } ? self : "`\(self)`"
  }
}
