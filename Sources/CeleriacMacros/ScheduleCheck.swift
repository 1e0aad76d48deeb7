import CeleriacSchedule
import SwiftDiagnostics
import SwiftParser
import SwiftSyntax

/// Checks what a schedule says in literals, with the code that will read it at run time.
///
/// A message points at a whole literal: the compiler takes no position inside of one from a macro.
struct ScheduleCheck {
  private(set) var mistakes: [Diagnostic] = []

  /// Checks the first argument of `@PeriodicTask`: a schedule, or what follows `runEvery:`.
  init(_ argument: LabeledExprSyntax) {
    if argument.label == nil {
      check(schedule: argument.expression)
    } else {
      check(interval: argument.expression)
    }
  }

  private mutating func check(schedule: ExprSyntax) {
    guard let call = schedule.as(FunctionCallExprSyntax.self),
      let member = call.calledExpression.as(MemberAccessExprSyntax.self)
    else { return }
    if let base = member.base { check(schedule: base) }

    guard let first = call.arguments.first else { return }
    switch (member.declName.baseName.text, first.label?.text) {
    case ("crontab", nil): check(crontab: first.expression)
    case ("crontab", _): check(fields: call.arguments)
    case ("daily", "at"): check(time: first.expression)
    case ("every", nil), ("interval", nil): check(interval: first.expression)
    default: return
    }
  }

  private mutating func check(crontab expression: ExprSyntax) {
    guard let literal = expression.as(StringLiteralExprSyntax.self),
      let text = literal.representedLiteralValue
    else {
      mistakes.append(.init(.crontabNotLiteral, at: expression))
      return
    }
    do {
      _ = try Crontab(text)
    } catch {
      mistakes.append(.init(.schedule(error.detail), at: literal))
    }
  }

  private mutating func check(time expression: ExprSyntax) {
    guard let literal = expression.as(StringLiteralExprSyntax.self),
      let text = literal.representedLiteralValue
    else { return }
    check(Schedule.daily(at: text), at: literal)
  }

  private mutating func check(interval expression: ExprSyntax) {
    guard let call = expression.as(FunctionCallExprSyntax.self),
      let unit = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text,
      let number = call.arguments.first?.expression.number
    else { return }
    let interval: Duration? =
      switch unit {
      case "seconds": .seconds(number)
      case "milliseconds": .milliseconds(number)
      case "microseconds": .microseconds(number)
      case "nanoseconds": .nanoseconds(Int64(number))
      default: nil
      }
    if let interval { check(Schedule.every(interval), at: expression) }
  }

  private mutating func check(_ schedule: Schedule, at node: some SyntaxProtocol) {
    do {
      try schedule.validate()
    } catch {
      mistakes.append(.init(.schedule(error.detail), at: node))
    }
  }
}

// The keyword form of a crontab.
extension ScheduleCheck {
  private mutating func check(fields arguments: LabeledExprListSyntax) {
    let before = mistakes.count
    for argument in arguments { check(field: argument.expression, of: argument.label?.text) }
    guard mistakes.count == before else { return }

    // A 31st of February is known by both fields together.
    func field(_ label: String) -> LabeledExprSyntax? {
      arguments.first { $0.label?.text == label }
    }
    guard let day = field("dayOfMonth"), let days = day.expression.crontabText,
      let months = field("monthOfYear")?.expression.crontabText
    else { return }
    do {
      _ = try Crontab(dayOfMonth: CrontabField(days), monthOfYear: CrontabField(months))
    } catch {
      mistakes.append(.init(.schedule(error.detail), at: day.expression))
    }
  }

  private mutating func check(field expression: ExprSyntax, of label: String?) {
    if let list = expression.as(ArrayExprSyntax.self) {
      for element in list.elements { check(field: element.expression, of: label) }
      return
    }
    guard let text = expression.crontabText else { return }
    let field = CrontabField(text)
    do {
      switch label {
      case "minute": _ = try Crontab(minute: field)
      case "hour": _ = try Crontab(hour: field)
      case "dayOfMonth": _ = try Crontab(dayOfMonth: field)
      case "monthOfYear": _ = try Crontab(monthOfYear: field)
      case "dayOfWeek": _ = try Crontab(dayOfWeek: field)
      default: return
      }
    } catch {
      mistakes.append(.init(.schedule(error.detail), at: expression))
    }
  }
}

extension ExprSyntax {
  /// The value of a number in digits.
  fileprivate var number: Double? {
    Double(trimmedDescription.filter { $0 != "_" })
  }

  /// The text of a crontab's field that is written as a number, a string, or a list of them.
  fileprivate var crontabText: String? {
    if let string = self.as(StringLiteralExprSyntax.self) { return string.representedLiteralValue }
    if let list = self.as(ArrayExprSyntax.self) {
      let texts = list.elements.map(\.expression.crontabText)
      let known = texts.compactMap(\.self)
      return known.count == texts.count ? known.joined(separator: ",") : nil
    }
    return number == nil ? nil : trimmedDescription.filter { $0 != "_" }
  }
}
