import Celeriac
import CeleriacCore
import Testing

@Task private func mail(
  _ subject: String, to address: String, _ copies: Int = 1, note: String?
) -> String {
  "\(subject) \(address) \(copies) \(note ?? "-")"
}

@Task private func rest() async -> String { "rested" }

/// What other programs may send.
@Suite(.timeLimit(.minutes(1)))
struct ArgumentBindingTests {
  @Test(arguments: [
    ("[\"a\", \"b\", 2, \"c\"]", "{}", "a b 2 c"),
    ("[\"a\"]", "{\"to\": \"b\", \"copies\": 2, \"note\": null}", "a b 2 -"),
    ("[]", "{\"note\": \"c\", \"to\": \"b\", \"subject\": \"a\"}", "a b 1 c"),
    ("[\"a\", \"b\"]", "{\"note\": \"c\"}", "a b 1 c"),
  ])
  func `arguments bind by position or by name`(args: String, kwargs: String, result: String)
    async throws
  {
    let arguments = try Arguments(args: args, kwargs: kwargs)

    try mail.check(arguments)
    let sent = try await SentCall { try await rest.delay() }
    #expect(try await mail.run(TaskContext(running: sent.call), arguments) == result)
  }

  @Test(arguments: [
    ("[\"a\", \"b\"]", "{}", "argument 'note' is missing"),
    ("[]", "{\"to\": \"b\", \"note\": null}", "argument 'subject' is missing"),
    ("[\"a\", \"b\", 1, \"c\", 5]", "{}", "5 positional arguments were given, 4 are taken"),
    ("[\"a\", \"b\"]", "{\"to\": \"b\", \"note\": \"c\"}", "argument 'to' is given twice"),
  ])
  func `arguments that do not fit are refused`(args: String, kwargs: String, error: String) throws {
    let arguments = try Arguments(args: args, kwargs: kwargs)

    let refusal = #expect(throws: ArgumentError.self) { try mail.check(arguments) }
    #expect(refusal?.description == error)
  }

  @Test(arguments: [("[1]", "{}"), ("[]", "{\"x\": 1}")])
  func `a task without parameters takes no argument`(args: String, kwargs: String) throws {
    let arguments = try Arguments(args: args, kwargs: kwargs)

    #expect(throws: ArgumentError.self) { try rest.check(arguments) }
  }
}
