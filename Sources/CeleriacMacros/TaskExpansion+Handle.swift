// The type that stands for the task: what is known about it, sending it, and running it.
extension TaskExpansion {
  var handle: String {
    let members = [facts, signature, delay, run, check, read].compactMap(\.self)
    return """
      \(attributes)\(access)nonisolated struct \(handleName): \(core).TaskHandle {
      \(members.map(\.indented).joined(separator: "\n\n"))
      }
      """
  }

  private var facts: String {
    let parameters = task.parameters.map { "\n  \(parameterFact($0))," }.joined()
    let end = task.parameters.isEmpty ? "" : "\n"
    var facts = [
      "name = \(wireName.literal)",
      "options = \(core).TaskOptions(\(attribute.options))",
      "parameters: [\(core).TaskParameter] = [\(parameters)\(end)]",
    ]
    if let periodic = attribute.periodic {
      facts.append(
        "periodic: \(core).PeriodicOptions? = \(core).PeriodicOptions(\(periodic))")
    }
    facts.append(
      "source = \(core).SourceLocation(file: \(place.file.literal), line: \(place.line))")
    return facts.map { "\(memberAccess)let \($0)" }.joined(separator: "\n")
  }

  private func parameterFact(_ parameter: TaskFunctionParameter) -> String {
    let (name, type) = (parameter.wireName.literal, parameter.type.literal)
    let hasDefault = parameter.defaultValue == nil ? "" : ", hasDefault: true"
    return "\(core).TaskParameter(\(name), type: \(type)\(hasDefault))"
  }

  private var signature: String {
    let head = "\(memberAccess)func s(\(declaredParameters)) -> \(core).Signature<\(output)> {"
    guard !task.parameters.isEmpty else {
      return "\(head)\n  self.signature(\(core).CallArguments())\n}"
    }
    let call = fresh("call")
    let appends = task.parameters.map { parameter in
      let key = parameter.isKeyword ? ", for: \(parameter.wireName.literal)" : ""
      return "\(call).append(\(parameter.name)\(key))"
    }
    return """
      \(head)
        var \(call) = \(core).CallArguments()
      \(appends.joined(separator: "\n").indented)
        return self.signature(\(call))
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

  // As a value of its asynchronous type, the function may be isolated or not, wait or not, throw
  // or not: one call serves all of them without a warning.
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
      let next = "\(arguments).next(\(parameter.wireName.literal)\(value))"
      return "let \(parameter.name): \(parameter.type) = try \(next)"
    }
    return """
      private func read(
        _ \(arguments): \(core).Arguments
      ) throws(\(core).ArgumentError) -> (\(task.parameters.map(\.type).joined(separator: ", "))) {
        var \(arguments) = \(arguments)
      \(lines.joined(separator: "\n").indented)
        try \(arguments).finish()
        return \(names)
      }
      """
  }

  private var declaredParameters: String {
    task.parameters.map(\.declaration).joined(separator: ", ")
  }

  private var output: String { task.result ?? "\(core).Nothing" }

  /// The values that were read, as a pattern and as an expression.
  private var names: String {
    let names = task.parameters.map(\.name).joined(separator: ", ")
    return task.parameters.count == 1 ? names : "(\(names))"
  }

  /// A name for a local variable that no parameter has.
  private func fresh(_ name: String) -> String {
    var name = name
    while task.parameters.contains(where: { $0.name == name }) { name = "_" + name }
    return name
  }

  /// The function as seen from inside of the handle, whose own members would hide a namesake.
  private var qualifiedReference: String {
    guard HandleMembers.contains(task.name) else { return task.reference }
    return scope.isType
      ? "\(scope.types.joined(separator: ".")).\(task.reference)"
      : "\(place.module)::\(task.reference)"
  }
}

extension String {
  fileprivate var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }
}
