import CeleriacCLI
import Synchronization
import TestSupport

@testable import CeleriacCLI

/// The application under test.
struct TestApp: CeleriacApp {
  // Other suites leave tasks in the test program as well.
  static let discoversTasks = false
  static let name = "app"
  static let version: String? = "1.2"

  var tasks: [any TaskHandle] {
    [
      TaskDefinition("math.add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y },
      TaskDefinition(
        "mail.send", labels: ["to"], options: TaskOptions(queue: "mail", priority: .low)
      ) { (to: String) -> String in throw Undeliverable(address: to) },
      TaskDefinition(
        "mail.digest",
        periodic: PeriodicOptions(.crontab(minute: 0, hour: 0, in: "Europe/Berlin"))
      ) {},
      TaskDefinition("sync", periodic: PeriodicOptions(.every(.seconds(30)))) {},
    ]
  }
}

/// An application with two tasks of one name.
struct DoubledApp: CeleriacApp {
  static let discoversTasks = false
  static let name = "doubled"

  var tasks: [any TaskHandle] {
    [TaskDefinition("same") { 1 }, TaskDefinition("same") { 2 }]
  }
}

/// What `mail.send` throws.
struct Undeliverable: Error, CustomStringConvertible {
  let address: String
  var description: String { "nobody is at \(address)" }
}

/// Runs commands and keeps what they print.
struct Shell: Sendable {
  struct Outcome {
    let status: ExitStatus
    let output: String
    let notes: String
  }

  var environment: [String: String]
  /// What somebody says who is asked.
  var onQuestion: (@Sendable () -> Bool)?

  init(_ server: RedisServer? = nil, environment: [String: String] = [:], answer: Bool? = nil) {
    self.environment = environment
    self.environment["CELERIAC_BROKER_URL"] = environment["CELERIAC_BROKER_URL"] ?? server?.url
    if let answer { onQuestion = { answer } }
  }

  func run(_ words: String...) async -> Outcome {
    await run(TestApp.self, words)
  }

  func run<App: CeleriacApp>(_ app: App.Type, _ words: [String]) async -> Outcome {
    let output = Lines()
    let notes = Lines()
    let status = await Program<App>.run(words, in: surroundings(output, notes))
    return Outcome(status: status, output: output.text, notes: notes.text)
  }

  func session() throws -> Session {
    try Session(TestApp.self, flags: [:], in: surroundings())
  }

  func surroundings() -> Surroundings { surroundings(Lines(), Lines()) }

  private func surroundings(_ output: Lines, _ notes: Lines) -> Surroundings {
    let log = LogOutput(write: { _ in }, showsTime: true, hasColours: false)
    var ask: (@Sendable (String) -> Bool)?
    if let onQuestion {
      ask = { question in
        notes.add(question)
        return onQuestion()
      }
    }
    return Surroundings(
      environment: environment, print: { output.add($0) },
      write: { output.add(String(decoding: $0, as: UTF8.self)) }, note: { notes.add($0) }, ask: ask,
      log: log)
  }
}

private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var text: String { lines.withLock { $0.joined(separator: "\n") } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}
