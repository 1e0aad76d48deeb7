import CeleriacCore

/// Waits for a result and prints it: the value for standard output, a failure as a failure.
struct ResultText {
  let queue: TaskQueue
  let id: TaskID
  let limit: Duration

  func print(in surroundings: Surroundings) async throws {
    do {
      // `Nothing` reads any value; the text of it is what is wanted here.
      _ = try await TaskResult<Nothing>(id: id, in: queue).value(within: limit)
    } catch let failure as TaskFailure {
      if let traceback = failure.traceback { surroundings.note(traceback) }
      throw CommandFailure(.refused, "\(failure)")
    } catch let revoked as TaskRevoked {
      throw CommandFailure(.refused, "\(revoked)")
    } catch let late as TaskTimedOut {
      // A server that has gone meanwhile is the better reason, and is the one that is thrown.
      _ = try await queue.results.read(id)
      throw CommandFailure(
        .refused,
        "task [\(late.id)] has no result after \(DurationText.show(late.limit)); "
          + "is a worker running that takes from its queue?")
    }
    let record = try await queue.results.read(id)
    surroundings.print(record?.valueText ?? "null")
  }

  /// Waits for the end, whatever it is.
  func waitQuietly(_ limit: Duration) async {
    // What has come of it is read afterwards, and reported then.
    _ = try? await TaskResult<Nothing>(id: id, in: queue).value(within: limit)
  }
}
