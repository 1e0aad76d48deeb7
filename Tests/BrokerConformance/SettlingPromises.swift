import CeleriacCore

extension BrokerPromise {
  static let settling: [BrokerPromise] = [
    BrokerPromise("an acknowledged message comes no more") { subject in
      try await subject.send(1, 2)
      let consumer = try await subject.consumer()
      let delivery = try await consumer.takeOne()

      try expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]), is: [])
      await consumer.close()

      let heir = try await subject.consumer(named: "heir")
      try expect(try await subject.drain(heir), is: [2])
    },
    BrokerPromise("a requeued message comes next") { subject in
      try await subject.send(1, 2, 3)
      try await subject.send(4, priority: 6)
      let consumer = try await subject.consumer()
      let taken = try await consumer.take(upTo: 2)

      _ = try await consumer.settle([Settlement(taken[0].loan, .requeue)])

      try expect(try await subject.drain(consumer), is: [1, 3, 4])
    },
    BrokerPromise("a buried message comes no more") { subject in
      try await subject.send(1, 2)
      let consumer = try await subject.consumer()
      let delivery = try await consumer.takeOne()

      _ = try await consumer.settle([Settlement(delivery.loan, .bury(reason: "no such task"))])
      await consumer.close()

      let heir = try await subject.consumer(named: "heir")
      try expect(try await subject.drain(heir), is: [2])
    },
    BrokerPromise("a scheduled message comes at its time and not before") { subject in
      try await subject.send(1, 2)
      let consumer = try await subject.consumer()
      let taken = try await consumer.take(upTo: 2)
      let due = subject.clock.now() + .milliseconds(300)
      let later = taken.map { delivery in
        Settlement(
          delivery.loan, .schedule(Message(bytes: delivery.bytes, queue: "late"), due: due))
      }
      try expect(try await consumer.settle([later[1], later[0]]), is: [])
      await consumer.close()
      try expect(try await subject.broker.length(of: .default), is: 0)
      let heir = try await subject.consumer(of: ["late"], named: "heir")
      async let first = heir.takeOne()
      await Task.yield()

      try await subject.pass(.milliseconds(300))

      let one = try await first
      let two = try await heir.takeOne()
      try require(subject.clock.now() >= due, "the message came before its time")
      try expect(try [one.number, two.number].sorted(), is: [1, 2])
      try expect(one.queue, is: "late")
    },
    BrokerPromise("what is due earlier comes earlier") { subject in
      try await subject.send(1, 2, 3)
      let consumer = try await subject.consumer()
      let taken = try await consumer.take(upTo: 3)
      let now = subject.clock.now()
      let delays = [60, 20, 40]

      _ = try await consumer.settle(
        zip(taken, delays).map { delivery, delay in
          let message = Message(bytes: delivery.bytes, queue: .default)
          return Settlement(
            delivery.loan, .schedule(message, due: now + .milliseconds(delay)))
        })
      try await subject.pass(.milliseconds(80))

      var numbers: [Int] = []
      for _ in 0..<3 { numbers.append(try await consumer.takeOne().number) }
      try expect(numbers, is: [2, 3, 1])
    },
    BrokerPromise("a loan is settled once, and the second time changes nothing") { subject in
      try await subject.send(1)
      let consumer = try await subject.consumer()
      let delivery = try await consumer.takeOne()
      _ = try await consumer.settle([Settlement(delivery.loan, .acknowledge)])

      let again = Settlement(
        delivery.loan, .requeue, result: .test(subject.id(1), .success, "1"))
      try expect(try await consumer.settle([again]), is: [delivery.loan])

      try expect(try await subject.broker.length(of: .default), is: 0)
      try require(try await subject.results.read(subject.id(1)) == nil, "a result was stored")
    },
    BrokerPromise("of many settlements only those of lost loans fail") { subject in
      try await subject.send(1, 2, 3)
      let consumer = try await subject.consumer()
      let taken = try await consumer.take(upTo: 3)
      _ = try await consumer.settle([Settlement(taken[1].loan, .acknowledge)])

      let lost = try await consumer.settle(taken.map { Settlement($0.loan, .requeue) })

      try expect(lost, is: [taken[1].loan])
      try expect(try await subject.drain(consumer).sorted(), is: [1, 3])
    },
    BrokerPromise("nobody settles a loan of another") { subject in
      try await subject.send(1)
      let owner = try await subject.consumer(named: "owner")
      let other = try await subject.consumer(named: "other")
      let delivery = try await owner.takeOne()

      let settlement = Settlement(delivery.loan, .acknowledge)
      try expect(try await other.settle([settlement]), is: [delivery.loan])
      try expect(try await owner.settle([settlement]), is: [])
    },
    BrokerPromise("a loan that was handed back is settled no more") { subject in
      try await subject.send(1)
      let leaving = try await subject.consumer(named: "leaving")
      let delivery = try await leaving.takeOne()
      await leaving.close()
      let heir = try await subject.consumer(named: "heir")
      let inherited = try await heir.takeOne()

      let late = Settlement(
        delivery.loan, .acknowledge, result: .test(subject.id(1), .success, "1"))
      let isRefused: Bool
      do {
        isRefused = try await leaving.settle([late]) == [delivery.loan]
      } catch let error as BrokerError {
        isRefused = error.code == .closed
      }

      try require(isRefused, "a closed consumer has settled its old loan")
      try require(try await subject.results.read(subject.id(1)) == nil, "a result was stored")
      try expect(try await heir.settle([Settlement(inherited.loan, .acknowledge)]), is: [])
    },
    BrokerPromise("settling nothing is no error") { subject in
      let consumer = try await subject.consumer()

      try expect(try await consumer.settle([]), is: [])
    },
  ]
}
