import CeleriacCore

extension BrokerPromise {
  static let revoking: [BrokerPromise] = [
    BrokerPromise("what is revoked is known to who comes later") { subject in
      try await subject.broker.revoke(["a", "b"])

      let picture = subject.broker.revocations { _ in }

      try require(try await picture.ask("a"), "'a' is revoked")
      try require(try await picture.ask("b"), "'b' is revoked")
      try require(!(try await picture.ask("c")), "'c' is not")
    },
    BrokerPromise("what is revoked is told to who is there") { subject in
      let told = AsyncStream.makeStream(of: TaskID.self)
      let picture = subject.broker.revocations { for id in $0 { told.continuation.yield(id) } }
      // Who comes before the picture is drawn finds it there: told either way, and once.
      try await subject.broker.revoke(["a"])
      try await subject.broker.revoke(["a", "b"])

      var ids = told.stream.makeAsyncIterator()
      try expect([await ids.next(), await ids.next()], is: ["a", "b"])

      try require(picture.knows("a") == true, "'a' is known")
    },
    BrokerPromise("a call that has ended or begun keeps what is stored of it") { subject in
      let revoked = ResultWrite.test("a", .revoked)
      for state in [TaskState.success, .failure, .revoked, .started, .progress] {
        let write = ResultWrite.test(TaskID("\(state)"), state, "1")
        try await subject.results.store(write)
        try await subject.results.storeRevocation(.test(write.id, .revoked, "2"))
        try expect(try await subject.results.read(write.id)?.bytes, is: write.bytes)
      }
      try await subject.results.storeRevocation(revoked)
      try expect(try await subject.results.read("a")?.bytes, is: revoked.bytes)
    },
  ]
}
