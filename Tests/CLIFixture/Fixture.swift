import CeleriacCLI
import Glibc

/// An application for tests, made without macros.
@main
struct Fixture: CeleriacApp {
  static let name = "cli_fixture"
  static let version: String? = "1.2.3"

  var tasks: [any TaskHandle] {
    [
      TaskDefinition("fixture.add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y },
      TaskDefinition("fixture.echo", labels: ["value"]) { (value: String) in value },
      TaskDefinition("fixture.pid") { Int(getpid()) },
      TaskDefinition("fixture.fail", labels: ["reason"]) { (reason: String) -> Int in
        throw Failure(reason: reason)
      },
      TaskDefinition(
        "fixture.flaky", labels: ["reason"],
        options: TaskOptions(retry: .fixed(attempts: 3, delay: .milliseconds(50)))
      ) { (reason: String) -> Int in
        guard let attempt = TaskContext.current?.attempt, attempt >= 3 else {
          throw Failure(reason: reason)
        }
        return attempt
      },
      TaskDefinition("fixture.slow", labels: ["seconds"]) { (seconds: Double) -> Double in
        try await Task.sleep(for: .seconds(seconds))
        return seconds
      },
      TaskDefinition("fixture.stubborn", labels: ["seconds"]) { (seconds: Double) -> Double in
        usleep(UInt32(seconds * 1_000_000))
        return seconds
      },
      TaskDefinition("fixture.crash") { () -> Int in
        kill(getpid(), SIGKILL)
        return 0
      },
      TaskDefinition("fixture.say", labels: ["text"], options: TaskOptions(queue: "loud")) {
        (text: String) in print(text)
      },
      TaskDefinition("fixture.tick", periodic: PeriodicOptions(.every(.seconds(1)))) {
        print("tick")
      },
    ] + RecordedTasks.all
  }
}

/// What the failing tasks throw.
struct Failure: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}
