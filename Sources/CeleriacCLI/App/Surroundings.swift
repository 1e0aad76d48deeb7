import CLinux
import Glibc
import Logging

/// What a command has around it: variables, and where it prints.
struct Surroundings: Sendable {
  /// The variables of the process.
  var environment: [String: String]

  /// Prints lines for the one who asked: standard output.
  var print: @Sendable (String) -> Void

  /// Whether all that was printed has reached its place.
  var isPrinted: @Sendable () -> Bool = { cel_flush_stdout() }

  /// Writes bytes for the one who asked, as they are.
  var write: @Sendable ([UInt8]) -> Void = { LogOutput.write($0, to: STDOUT_FILENO) }

  /// Prints lines about the command itself: standard error.
  var note: @Sendable (String) -> Void

  /// Asks a question that is answered with yes or no; nil where nobody is there to answer.
  var ask: (@Sendable (String) -> Bool)?

  /// How log lines look and where they go.
  var log: LogOutput

  /// Makes loggers that the program asks for by itself look the same.
  var adopt: @Sendable (@escaping @Sendable (String) -> any LogHandler) -> Void = { _ in }

  /// Those of a program that was started by a person, a supervisor or a script.
  static func ofProcess() -> Surroundings {
    cel_line_buffer_stdout()
    let environment = ProcessEnvironment.variables()
    var ask: (@Sendable (String) -> Bool)?
    if isatty(STDIN_FILENO) == 1 { ask = { question in confirm(question) } }
    return Surroundings(
      environment: environment,
      print: { line in Swift.print(line) },
      note: { line in LogOutput.write(Array("\(line)\n".utf8), to: STDERR_FILENO) },
      ask: ask,
      log: .ofProcess(environment: environment),
      adopt: { makeHandler in LoggingSystem.bootstrap(makeHandler) })
  }

  private static func confirm(_ question: String) -> Bool {
    Swift.print("\(question) [y/N] ", terminator: "")
    _ = cel_flush_stdout()
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}

/// The environment of this process.
enum ProcessEnvironment {
  static func variables() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return variables
  }
}
