import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// `doctor`: looks whether everything is in place.
struct DoctorCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "doctor",
      abstract: "Looks whether everything is in place, and says what to do where it is not.",
      discussion: """
        Looks for whatever would make sends fail: a setting that can't be read, a server that is \
        away, a replica, full or unable to save, and keys that something else uses.

        The exit status is 1 when something must be mended, 69 without a Redis.
        """)
  }

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let session: Session
    do {
      session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    } catch let failure as CommandFailure {
      // Two tasks of one name, or a setting that can't be read, stop every other command too.
      surroundings.print(Finding.bad("application", failure.message).line)
      throw CommandFailure(failure.status, "mend this first")
    }
    var findings = Examination.application(session)
    for finding in findings { surroundings.print(finding.line) }
    let server = await Examination.server(session)
    for finding in server.findings { surroundings.print(finding.line) }
    findings += server.findings
    let count = findings.count { $0.isBad }
    guard count > 0 else { return }
    throw CommandFailure(
      server.isReached ? .refused : .unreachable,
      count == 1 ? "one thing must be mended" : "\(count) things must be mended")
  }
}

/// One line of a doctor's report.
enum Finding: Equatable {
  case good(String, String)
  /// Fine here, but not everywhere.
  case doubtful(String, String)
  case bad(String, String)

  var isBad: Bool {
    if case .bad = self { true } else { false }
  }

  var line: String {
    switch self {
    case .good(let subject, let text): "✓ \(subject): \(text)"
    case .doubtful(let subject, let text): "! \(subject): \(text)"
    case .bad(let subject, let text): "✗ \(subject): \(text)"
    }
  }
}
