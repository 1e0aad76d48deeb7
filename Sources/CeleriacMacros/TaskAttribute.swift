import SwiftDiagnostics
import SwiftParser
import SwiftSyntax

/// What the attribute says.
struct TaskAttribute {
  /// Which of the two attributes it is.
  enum Kind {
    case called
    case periodic
  }

  private let syntax: AttributeSyntax
  private let nameSyntax: ExprSyntax?
  private let schedule: LabeledExprSyntax?
  private let missed: LabeledExprSyntax?
  private let optionArguments: [LabeledExprSyntax]

  init(_ attribute: AttributeSyntax, _ kind: Kind) {
    syntax = attribute
    var arguments = attribute.arguments?.as(LabeledExprListSyntax.self).map { Array($0) } ?? []

    let isScheduled = kind == .periodic && !arguments.contains { $0.label?.text == "runEvery" }
    let unlabelled = arguments.prefix { $0.label == nil }
    let namesTask = unlabelled.count > (isScheduled ? 1 : 0)
    nameSyntax = namesTask ? arguments.removeFirst().expression : nil

    if kind == .periodic, !arguments.isEmpty {
      schedule = arguments.removeFirst()
    } else {
      schedule = nil
    }
    missed = arguments.first { $0.label?.text == "missed" }
    optionArguments = arguments.filter { $0.label?.text != "missed" }
  }

  /// The wire name that is given, where it can be read.
  var name: String? {
    nameSyntax?.as(StringLiteralExprSyntax.self)?.representedLiteralValue
  }

  /// The arguments of `TaskOptions`.
  var options: String {
    optionArguments.map(\.text).joined(separator: ", ")
  }

  /// The arguments of `PeriodicOptions`; nil for a task that is only called.
  var periodic: String? {
    guard let schedule else { return nil }
    let expression = schedule.expression.trimmedDescription
    let when = schedule.label == nil ? expression : ".every(\(expression))"
    return missed.map { "\(when), \($0.text)" } ?? when
  }

  /// Whatever keeps the attribute from being understood.
  var mistakes: [Diagnostic] {
    var mistakes: [Diagnostic] = []
    if let nameSyntax, name == nil, !nameSyntax.is(NilLiteralExprSyntax.self) {
      mistakes.append(.init(.nameNotLiteral, at: nameSyntax))
    }
    if let schedule {
      mistakes += ScheduleCheck(schedule).mistakes
    }
    let copied = [schedule, missed].compactMap(\.self) + optionArguments
    return mistakes + copied.flatMap { HandleMembers.captures(in: $0.expression) }
  }

  /// What is wrong with a name on the wire: one that logs and command lines cannot show.
  func mistake(inWireName name: String, of function: FunctionDeclSyntax) -> Diagnostic? {
    let node = nameSyntax.map { Syntax($0) } ?? Syntax(function.name)
    guard !name.isEmpty else { return .init(.emptyName, at: node) }
    let isPlain = name.unicodeScalars.allSatisfy {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .control
    }
    guard isPlain else {
      return .init(nameSyntax == nil ? .noDefaultName(name) : .malformedName(name), at: node)
    }
    return nil
  }
}

extension LabeledExprSyntax {
  /// The argument without the comma that follows it.
  var text: String { with(\.trailingComma, nil).trimmedDescription }
}
