import SwiftDiagnostics
import SwiftSyntax

/// What can be wrong with a task, in the words that the compiler prints.
enum TaskMistake {
  case notAFunction(String)
  case emptyName
  case malformedName(String)
  case noDefaultName(String)
  case nameIsNoLiteral
  case inProtocol
  case inGenericType
  case local
  case instanceMethod(inActor: Bool)
}

extension TaskMistake: DiagnosticMessage {
  var message: String {
    switch self {
    case .notAFunction(let attribute):
      "'@\(attribute)' makes a task of a function; this is none"
    case .emptyName:
      "the wire name is empty: without one, it is the module, the type and the function"
    case .malformedName(let name):
      "'\(name)' can't be a wire name: it has a space or a control character"
    case .noDefaultName(let name):
      "'\(name)' can't be a wire name: give the task one without spaces, as in "
        + "'@Task(\"mail.everyone\")'"
    case .nameIsNoLiteral:
      "the wire name has to be a string literal without interpolation: other programs call the "
        + "task by it"
    case .inProtocol:
      "a protocol can't have tasks: make it a free function or a static member of a type"
    case .inGenericType:
      "a generic type can't have tasks: a message does not say which of its types is meant"
    case .local:
      "a local function can't be a task: move it to file scope or make it a static member"
    case .instanceMethod(inActor: true):
      "an actor's method can't be a task, for a worker has no instance: make it static or a free "
        + "function"
    case .instanceMethod(inActor: false):
      "a method can't be a task, for a worker has no instance: make it static or a free function"
    }
  }

  var severity: DiagnosticSeverity { .error }

  var diagnosticID: MessageID {
    let name = Mirror(reflecting: self).children.first?.label ?? "\(self)"
    return MessageID(domain: "Celeriac", id: name)
  }
}

/// What would put a mistake right.
enum TaskFixIt: FixItMessage {
  case makeStatic

  var message: String {
    switch self {
    case .makeStatic: "make it static"
    }
  }

  var fixItID: MessageID { MessageID(domain: "Celeriac", id: "\(self)") }
}

extension Diagnostic {
  init(_ mistake: TaskMistake, at node: some SyntaxProtocol, fixIt: FixIt? = nil) {
    self.init(node: node, message: mistake, fixIts: fixIt.map { [$0] } ?? [])
  }
}
