import CeleriacCore
import CeleriacSchedule

extension BrokerPromise {
  static let results: [BrokerPromise] = [
    BrokerPromise("a result is stored with the acknowledgement") { subject in
      try await subject.send(1)
      let consumer = try await subject.consumer()
      let delivery = try await consumer.takeOne()
      let write = ResultWrite.test(subject.id(1), .success, "1")

      _ = try await consumer.settle([Settlement(delivery.loan, .acknowledge, result: write)])

      let record = try await subject.results.read(subject.id(1))
      try expect(record?.bytes, is: write.bytes)
      try expect(record?.state, is: .success)
    },
    BrokerPromise("nothing is known of a call that has stored nothing") { subject in
      try require(try await subject.results.read("unknown") == nil, "something is known")
    },
    BrokerPromise("a success is never overwritten") { subject in
      try await subject.send(1)
      let consumer = try await subject.consumer()
      let delivery = try await consumer.takeOne()
      try await subject.results.store(.test(subject.id(1), .success, "1"))

      try await subject.results.store(.test(subject.id(1), .failure))
      let failure = ResultWrite.test(subject.id(1), .failure)
      _ = try await consumer.settle([Settlement(delivery.loan, .acknowledge, result: failure)])

      try expect(try await subject.results.read(subject.id(1))?.valueText, is: "1")
      try expect(try await subject.broker.length(of: .default), is: 0)
    },
    BrokerPromise("any other state gives way to the next") { subject in
      for state in [TaskState.started, .progress, .retry, .failure, .revoked, .success] {
        try await subject.results.store(.test("a", state))
        try expect(try await subject.results.read("a")?.state, is: state)
      }
    },
    BrokerPromise("who follows a call sees its progress and its end") { subject in
      let seen = AsyncStream.makeStream(of: TaskState.self)
      let following = Task {
        try await subject.results.follow("a") { record in
          seen.continuation.yield(record.state)
          return record.state.isFinal ? record.valueText : nil
        }
      }
      var states = seen.stream.makeAsyncIterator()
      try await subject.results.store(.test("a", .progress, "1"))
      try expect(await states.next(), is: .progress)
      try await subject.results.store(.test("b", .success, "2"))

      try await subject.results.store(.test("a", .success, "3"))

      try expect(try await following.value, is: "3")
    },
    BrokerPromise("who follows too late finds what is stored") { subject in
      try await subject.results.store(.test("a", .success, "1"))

      let value = try await subject.results.follow("a") { $0.valueText }

      try expect(value, is: "1")
    },
    BrokerPromise("many follow one call, and each sees its end") { subject in
      let values = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<10 {
          group.addTask {
            try await subject.results.follow("a") { $0.state.isFinal ? $0.valueText : nil }
          }
        }
        await Task.yield()
        try await subject.results.store(.test("a", .success, "1"))
        return try await group.reduce(into: []) { $0.append($1) }
      }

      try expect(values, is: Array(repeating: "1", count: 10))
    },
    BrokerPromise("following ends with cancellation and with an error of the follower") { subject in
      let following = Task { try await subject.results.follow("a") { $0.valueText } }
      await Task.yield()
      following.cancel()
      do {
        _ = try await following.value
        throw BrokenPromise(description: "a cancelled follower has found something")
      } catch is CancellationError {}

      try await subject.results.store(.test("a", .success, "1"))
      do {
        let _: Int = try await subject.results.follow("a") { _ in throw Stop() }
        throw BrokenPromise(description: "the follower's error was lost")
      } catch is Stop {}
    },
    BrokerPromise("a forgotten result is not known any more") { subject in
      try await subject.results.store(.test("a", .success, "1"))

      try await subject.results.forget("a")
      try await subject.results.forget("never stored")

      try require(try await subject.results.read("a") == nil, "the result is still there")
    },
  ]
}

private struct Stop: Error {}
