import ArgumentParser
import CeleriacCore

/// `revoke`: keeps calls from running.
struct RevokeCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "revoke", abstract: "Keeps calls from running, and cancels those that run.",
      discussion: """
        Redis keeps it for thirty days: workers that start later heed it as well, also for calls \
        that wait for their time or for a retry. A task that runs ends when it looks at its \
        cancellation. Celery's own workers don't heed it: one that shares the queue runs the call.

          \(App.name) revoke 1f3c7d0e-… 77aa02b1-…

        What has ended stays as it is; the exit status is 1 when that is true of all.
        """)
  }

  @Argument(help: "The calls' ids, as 'call' printed them.")
  var ids: [String]

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    guard !ids.contains("") else {
      throw CommandFailure(
        .usage, "an ID is empty; expected are calls' ids, as 'call' printed them")
    }
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    _ = try await session.door.open()
    _ = try await session.resultsDoor.open()
    let revoked = Set(try await session.queue().revoke(ids.map { TaskID($0) }))
    for id in ids {
      let isRevoked = revoked.contains(TaskID(id))
      surroundings.print(isRevoked ? "revoked [\(id)]" : "[\(id)] has ended already")
    }
    guard revoked.isEmpty else { return }
    throw CommandFailure(.refused, "nothing was left to be revoked")
  }
}
