import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// `purge`: drops what waits.
struct PurgeCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "purge", abstract: "Drops the messages that wait in queues.",
      discussion: """
        Those that wait for their time are dropped as well; tasks that run are left alone. There \
        is no way back, so it asks first:

          \(App.name) purge mail
        """)
  }

  @Argument(help: "The queues; those of a worker without any.")
  var queues: [String] = []

  @Flag(
    name: [.short, .long, .customShort("y"), .customLong("yes")],
    help: "Do not ask; -y and --yes, as for 'dead drop', are the same.")
  var force = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let names = queues.isEmpty ? session.settings.queues.value : try QueueName.checked(queues)
    let connection = try await session.door.open()
    let found = try await Overview.read(names, over: connection).queues
    let total = found.reduce(0) { $0 + $1.waiting + $1.scheduled }
    guard total > 0 else { return surroundings.print("nothing waits in \(text(names))") }
    if !force { try confirm(found, total, in: surroundings) }
    let broker = try session.queue().broker
    var dropped = 0
    for name in names { dropped += try await broker.purge(name) }
    surroundings.print("dropped \(messages(dropped))")
  }

  private func confirm(
    _ found: [Overview.Queue], _ total: Int, in surroundings: Surroundings
  ) throws {
    let parts = found.map { queue in
      let scheduled = queue.scheduled > 0 ? " and \(queue.scheduled) scheduled" : ""
      return "\(queue.name): \(queue.waiting) waiting\(scheduled)"
    }
    guard let ask = surroundings.ask else {
      throw CommandFailure(
        .refused,
        "\(messages(total)) would be dropped (\(parts.joined(separator: ", "))) and nobody is "
          + "there to agree; use --force")
    }
    let question = "Drop \(messages(total)) (\(parts.joined(separator: ", ")))?"
    guard ask(question) else { throw CommandFailure(.refused, "nothing was dropped") }
  }

  private func text(_ names: [QueueName]) -> String {
    names.map(\.rawValue).joined(separator: ", ")
  }

  private func messages(_ count: Int) -> String {
    count == 1 ? "1 message" : "\(count) messages"
  }
}
