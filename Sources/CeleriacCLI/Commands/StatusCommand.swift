import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// `status`: shows who works, and what waits.
struct StatusCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "status", abstract: "Shows the workers that are alive, and what waits.",
      discussion: "The exit status is 1 when no worker is alive.")
  }

  @Option(
    name: [.customShort("Q"), .long],
    help: ArgumentHelp("The queues to look at.", valueName: "a,b"))
  var queues: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let flags = FlagTexts.of(("--queues", queues)).merging(brokerOptions.flags) { $1 }
    let session = try Session(App.self, flags: flags, in: surroundings)
    let connection = try await session.door.open()
    let overview = try await Overview.read(session.settings.queues.value, over: connection)
    let report = StatusReport(overview)
    surroundings.print(json ? try JSONText.of(report) : report.text)
    guard report.workers.contains(where: \.alive) else {
      throw CommandFailure(.refused, "no worker is alive; start one with '\(App.name) worker'")
    }
  }
}

/// An overview as `status` prints it.
struct StatusReport: Encodable, Equatable {
  struct Worker: Encodable, Equatable {
    let name: String
    let id: String
    let alive: Bool
  }

  struct Queue: Encodable, Equatable {
    let name: String
    let waiting: Int
    let scheduled: Int
    /// Those of the waiting that were on loan when a worker crashed.
    let suspects: Int
  }

  let workers: [Worker]
  let queues: [Queue]
  let deadLetters: Int
  let oldestDeadLetterSeconds: Int?

  init(_ overview: Overview) {
    workers = overview.workers
      .filter { $0.life != .retired }
      .map { Worker(name: $0.name, id: $0.id, alive: $0.life == .alive) }
    queues = overview.queues.map {
      Queue(
        name: $0.name.rawValue, waiting: $0.waiting, scheduled: $0.scheduled,
        suspects: $0.suspects)
    }
    deadLetters = overview.deadLetters
    oldestDeadLetterSeconds = overview.oldestDeadLetter.map { Int($0 / .seconds(1)) }
  }

  var text: String {
    var lines = ["workers"]
    lines += workers.isEmpty ? ["  none"] : []
    lines += Columns.lines(
      workers.map {
        [$0.name, $0.alive ? "alive" : "gone without a word; others take over its messages"]
      })
    lines += ["", "queues"]
    lines += Columns.lines(
      queues.map { queue in
        let row = [queue.name, "\(queue.waiting) waiting", "\(queue.scheduled) scheduled"]
        return queue.suspects > 0 ? row + ["\(queue.suspects) on loan at a crash"] : row
      })
    let age = oldestDeadLetterSeconds.map { ", the oldest \(AgeText.ago(.seconds($0)))" } ?? ""
    lines += ["", "dead letters", "  \(deadLetters)\(age)"]
    return lines.joined(separator: "\n")
  }
}
