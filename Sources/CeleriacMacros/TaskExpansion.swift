import SwiftSyntax
import SwiftSyntaxBuilder

/// The module whose public names the expansion uses.
let core = "CeleriacCore"

/// What `@Task` writes: a handle, a value of it named like the function, and a record.
///
///     struct Task_add: TaskHandle { … }
///     let add = Task_add()
///     @section("celeriac_tasks") @used private let TaskRecord_add: TaskRecord = …
///
/// Only public names are used, so all of it can be written by hand as well. `nonisolated` keeps it
/// out of the actor that surrounds it or that the module has as its default.
struct TaskExpansion {
  let task: TaskFunction
  let scope: TaskScope
  let attribute: TaskAttribute
  let place: SourcePlace
  let wireName: String

  var declarations: [DeclSyntax] {
    [handle, value, record].map { "\(raw: $0)" }
  }

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

  /// What is written before each of the three, so that a deprecated task warns its callers only.
  var attributes: String {
    task.syntax.attributes.compactMap { $0.as(AttributeSyntax.self) }
      .filter { $0.attributeName.trimmedDescription == "available" }
      .map { "\($0.trimmedDescription)\n" }.joined()
  }

  /// The access level as it stands on the function.
  var access: String {
    guard let level = task.syntax.modifiers.accessLevel else { return "" }
    return level == "open" ? "public " : "\(level) "
  }

  /// The access level that the handle's members need.
  var memberAccess: String {
    switch task.syntax.modifiers.accessLevel ?? scope.memberAccess {
    case "public", "open": "public "
    case "package": "package "
    default: ""
    }
  }

  private var staticKeyword: String { scope.isType ? "static " : "" }

  var handleName: String { "Task_\(task.name)".inCode }

  private var recordName: String { "TaskRecord_\(task.name)".inCode }
}

extension String {
  /// The text as a Swift string literal.
  var literal: String { StringLiteralExprSyntax(content: self).description }

  /// The name as code has it: in backticks where it is no plain identifier.
  fileprivate var inCode: String { isPlainIdentifier ? self : "`\(self)`" }
}
