import SwiftDiagnostics
import SwiftSyntax

/// What can be wrong with a task.
enum TaskMistake {
  // The declaration
  case notAFunction(attribute: String)
  case operatorFunction
  case genericFunction([String])
  case synchronousWithoutParameters(String)
  case bothAttributes
  // Where it stands
  case inProtocol
  case inGenericType
  case local
  case method
  case actorMethod
  case placeless
  // Its parameters and its result
  case variadic
  case inoutParameter
  case isolatedParameter
  case sharedName(String)
  case contextNotFirst
  case noDefault(String)
  case function(String)
  case opaque(String)
  case existential(String)
  case tuple(String)
  case selfType
  case captured(String)
  // Its name on the wire
  case emptyName
  case malformedName(String)
  case noDefaultName(String)
  case nameNotLiteral
  // Its schedule
  case schedule(String)
  case crontabNotLiteral
}

extension TaskMistake: DiagnosticMessage {
  /// The sentence that the compiler prints.
  var message: String {
    switch self {
    case .notAFunction(let attribute):
      "'@\(attribute)' makes a task of a function, and this is none"
    case .operatorFunction:
      "an operator can't be a task: give the function a name"
    case .genericFunction(let names):
      "a generic function can't be a task: a message does not say what "
        + names.map { "'\($0)'" }.joined(separator: " and ")
        + (names.count == 1 ? " stands for" : " stand for")
    case .synchronousWithoutParameters(let name):
      "a task without parameters has to be 'async': Swift can't tell the function '\(name)' "
        + "from the task '\(name)' otherwise"
    case .bothAttributes:
      "'@PeriodicTask' makes a task already"

    case .inProtocol:
      "a protocol can't have tasks: write a free function or a static member of a type"
    case .inGenericType:
      "a generic type can't have tasks: a message does not say what the type stands for"
    case .local:
      "a local function can't be a task: move it to file scope or into a type, as a static member"
    case .method:
      "a method can't be a task, as a worker has no instance to call it on"
    case .actorMethod:
      "an actor's method can't be a task, as a worker has no instance to call it on"
    case .placeless:
      "the compiler does not say in which file the task is written"

    case .variadic:
      "a variadic parameter can't be a task's: take an array"
    case .inoutParameter:
      "an 'inout' parameter can't be a task's: the caller's variable is in another process"
    case .isolatedParameter:
      "an 'isolated' parameter can't be a task's: an actor does not travel in a message"
    case .sharedName(let name):
      "two parameters would travel as '\(name)': give this one another label"
    case .contextNotFirst:
      "the context has to be the first parameter"
    case .noDefault(let name):
      "a schedule gives no arguments: '\(name)' needs a default value"
    case .function(let type):
      "'\(type)' is a function, which can't travel in a message"
    case .opaque(let type):
      "'\(type)' can't travel in a message: a task names the type itself"
    case .existential(let type):
      "'\(type)' is not Codable, whatever it holds: a task names the type itself"
    case .tuple(let type):
      "'\(type)' is a tuple, which is not Codable: use a struct"
    case .selfType:
      "'Self' can't be used here: write the type's name"
    case .captured(let name):
      "'\(name)' would be the task's own '\(name)' here: put its module or type in front"

    case .emptyName:
      "a wire name can't be empty; without one, a task is called after its module and function"
    case .malformedName(let name):
      "'\(name)' can't be a wire name: it has a space or a control character"
    case .noDefaultName(let name):
      "'\(name)' can't be a wire name: give the task another, as in '@Task(\"mail.everyone\")'"
    case .nameNotLiteral:
      "a wire name has to be a string literal without interpolation"

    case .schedule(let detail):
      detail
    case .crontabNotLiteral:
      "a crontab has to be a string literal here, to be checked while compiling"
    }
  }

  var severity: DiagnosticSeverity { .error }

  var diagnosticID: MessageID {
    MessageID(domain: "Celeriac", id: Mirror(reflecting: self).children.first?.label ?? "\(self)")
  }
}

extension Diagnostic {
  init(_ mistake: TaskMistake, at node: some SyntaxProtocol, fixIt: FixIt? = nil) {
    self.init(node: node, message: mistake, fixIts: fixIt.map { [$0] } ?? [])
  }
}

/// What would put a mistake right.
enum TaskFixIt: String, FixItMessage {
  case insertAsync = "insert 'async'"
  case insertStatic = "insert 'static'"
  case takeArray = "take an array"
  case removeInout = "remove 'inout'"
  case removeTask = "remove '@Task'"

  var message: String { rawValue }

  var fixItID: MessageID { MessageID(domain: "Celeriac", id: rawValue) }
}

extension FixIt {
  static func replace(
    _ old: some SyntaxProtocol, with new: some SyntaxProtocol, _ message: TaskFixIt
  ) -> FixIt {
    FixIt(message: message, changes: [.replace(oldNode: Syntax(old), newNode: Syntax(new))])
  }
}
