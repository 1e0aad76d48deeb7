internal import Dispatch

/// Runs what blocks on a thread of its own, so that the tests beside it go on.
package func onOwnThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  // A task, as it carries over which test it belongs to.
  try await Task(executorPreference: OwnThread()) { try body() }.value
}

private final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
