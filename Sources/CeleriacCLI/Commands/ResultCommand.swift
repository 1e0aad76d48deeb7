import ArgumentParser
import CeleriacCore

/// `result`: shows what has become of a call.
struct ResultCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "result", abstract: "Shows what has become of a call.",
      discussion: """
        Prints the value as JSON when the task has succeeded; the exit status is 0 then, and 1 \
        otherwise:

          \(App.name) result 1f3c7d0e-… --wait 30
        """)
  }

  @Argument(help: "The call's id, as 'call' printed it.")
  var id: String

  @Option(help: ArgumentHelp("Wait so long for it.", valueName: "time"))
  var wait: String?

  @Flag(help: "Print the whole record as it is stored.")
  var json = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    guard !id.isEmpty else {
      throw CommandFailure(.usage, "ID is empty; expected is a call's id, as 'call' printed it")
    }
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let limit = try wait.map { text in
      guard let limit = DurationText.read(text) else {
        throw CommandFailure(.usage, "--wait is '\(text)'; expected is \(DurationText.expected)")
      }
      return limit
    }
    _ = try await session.resultsDoor.open()
    let queue = try session.queue()
    let text = ResultText(queue: queue, id: TaskID(id), limit: limit ?? .zero)
    if let limit, json { await text.waitQuietly(limit) }
    let record = try await queue.results.read(TaskID(id))
    if json {
      guard let record else { throw unknown }
      surroundings.print(String(decoding: record.bytes, as: UTF8.self))
      guard record.state == .success else {
        throw CommandFailure(.refused, "the task is in state \(record.state)")
      }
    } else if limit != nil || record?.state.isFinal == true {
      try await text.print(in: surroundings)
    } else if let record {
      throw CommandFailure(.refused, "not ended yet: the task is in state \(record.state)")
    } else {
      throw unknown
    }
  }

  private var unknown: CommandFailure {
    CommandFailure(
      .refused,
      "nothing is known of [\(id)]: it has not run yet, its result is ignored or has expired")
  }
}
