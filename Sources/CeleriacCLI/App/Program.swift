import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// From the words of a command line to an exit status.
enum Program<App: CeleriacApp> {
  static func run(_ words: [String], in surroundings: Surroundings) async -> ExitStatus {
    let status = await perform(words, in: surroundings)
    surroundings.log.finish()
    guard status == .fine, !surroundings.isPrinted() else { return status }
    surroundings.note("\(App.name): the output could not be written; is the disk full?")
    return .unwritten
  }

  private static func perform(
    _ words: [String], in surroundings: Surroundings
  ) async -> ExitStatus {
    do {
      var command = try Root<App>.parseAsRoot(words)
      if let command = command as? any AppCommand {
        try await command.run(in: surroundings)
      } else {
        // The parser's own: `help`, and the root, which shows the help.
        try command.run()
      }
      return .fine
    } catch let failure as CommandFailure {
      return report(failure, in: surroundings)
    } catch let error as BrokerError {
      return report(CommandFailure(error, program: App.name), in: surroundings)
    } catch let error as RedisError {
      return report(CommandFailure(BrokerError(error), program: App.name), in: surroundings)
    } catch {
      return report(error, in: surroundings)
    }
  }

  private static func report(
    _ failure: CommandFailure, in surroundings: Surroundings
  ) -> ExitStatus {
    surroundings.note("\(App.name): \(failure.message)")
    return failure.status
  }

  // What the parser throws: requests for help among them, which are no failures.
  private static func report(_ error: any Error, in surroundings: Surroundings) -> ExitStatus {
    let code = Root<App>.exitCode(for: error)
    let text = Root<App>.fullMessage(for: error)
    switch code {
    case .success:
      if !text.isEmpty { surroundings.print(text) }
      return .fine
    case .validationFailure:
      surroundings.note(text)
      return .usage
    default:
      surroundings.note("\(App.name): unexpected: \(error)")
      return .internalError
    }
  }
}

/// How a command ends, for the shell.
enum ExitStatus: Int32 {
  /// It did what it was asked for.
  case fine = 0
  /// It could, but the answer is no: the task has failed, nobody said yes.
  case refused = 1
  /// The command line, a call's arguments or the settings make no sense.
  case usage = 2
  /// The broker can't be reached, lets nobody in, or can't do it: its memory is full, say.
  case unreachable = 69
  /// What it printed did not reach its place.
  case unwritten = 74
  /// A mistake of this program.
  case internalError = 70
}

/// Why a command did not do what it was asked for.
struct CommandFailure: Error {
  let status: ExitStatus
  /// What went wrong and what to do about it; one sentence of each.
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What a broker has against a command, in one line.
  init(_ error: BrokerError, program: String) {
    let isLost = error.code == .unreachable || error.code == .timedOut
    self.init(
      .unreachable,
      "Redis at \(error.detail)\(isLost ? "; '\(program) doctor' looks closer" : "")")
  }
}
