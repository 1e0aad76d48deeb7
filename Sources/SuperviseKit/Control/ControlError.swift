/// Why a control command was not carried out.
package struct ControlError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, for programs; new codes may be added.
  package struct Code: Sendable, Equatable {
    /// The request makes no sense: a newer client, or a program with a mistake.
    package static let badRequest = Code("bad-request")
    /// No process is called that.
    package static let unknownName = Code("unknown-name")
    /// What was asked for cannot be done as things are.
    package static let refused = Code("refused")
    /// It was tried and did not come about: a process ended instead of being ready.
    package static let failed = Code("failed")
    /// It had not come about when the time was over.
    package static let timedOut = Code("timed-out")
    /// Nobody answers: no supervisor runs there.
    package static let unreachable = Code("unreachable")
    /// The socket is somebody else's.
    package static let denied = Code("denied")

    package let text: String

    package init(_ text: String) { self.text = text }
  }

  package var code: Code
  /// One line for a person.
  package var detail: String

  package init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  package var description: String { detail }

  /// What the command line leaves with.
  package var exitCode: Int32 {
    switch code {
    case .badRequest, .unknownName: 64
    case .unreachable: ExitCode.taken
    case .denied: 77
    case .timedOut: 124
    default: 1
    }
  }
}

extension ControlError {
  init?(_ json: JSON) {
    guard let error = json["error"], let code = error["code"]?.text,
      let message = error["message"]?.text
    else { return nil }
    self.init(Code(code), message)
  }

  var json: JSON { ["error": ["code": .string(code.text), "message": .string(detail)]] }
}
