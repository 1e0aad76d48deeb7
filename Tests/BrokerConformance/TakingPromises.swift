import CeleriacCore

extension BrokerPromise {
  static let order: [BrokerPromise] = [
    BrokerPromise("messages come in the order they were sent") { subject in
      try await subject.send(1, 2, 3)
      try await subject.send(4)

      let consumer = try await subject.consumer()

      try expect(try await subject.drain(consumer), is: [1, 2, 3, 4])
    },
    BrokerPromise("urgent messages come first, and those of one list in order") { subject in
      for (number, priority) in [(9, 9), (6, 6), (4, 4), (3, 3), (2, 2), (0, 0), (7, 7)] {
        try await subject.send(number, priority: TaskPriority(priority))
      }

      let consumer = try await subject.consumer()

      try expect(try await subject.drain(consumer), is: [2, 0, 4, 3, 6, 7, 9])
    },
    BrokerPromise("messages come from each of a consumer's queues, and from no other") { subject in
      try await subject.send(1, to: "red")
      try await subject.send(2, to: "green")
      try await subject.send(3, to: "blue")

      let consumer = try await subject.consumer(of: ["green", "red"])
      let numbers = try await subject.drain(consumer, from: ["green", "red"])

      try expect(numbers.sorted(), is: [1, 2])
      try expect(try await subject.broker.length(of: "blue"), is: 1)
    },
    BrokerPromise("priority goes before the order of queues") { subject in
      try await subject.send(1, to: "red", priority: 9)
      try await subject.send(2, to: "green", priority: 0)

      let consumer = try await subject.consumer(of: ["red", "green"])

      try expect(try await subject.drain(consumer, from: ["red", "green"]), is: [2, 1])
    },
    BrokerPromise("a delivery names the queue it was taken from") { subject in
      try await subject.send(1, to: "red", priority: 9)

      let delivery = try await subject.consumer(of: ["red"]).takeOne()

      try expect(delivery.queue, is: "red")
      try expect(delivery.crashes, is: 0)
    },
    BrokerPromise("what is on loan does not wait, and purging drops what waits") { subject in
      try await subject.send(1, 2, 3)
      try await subject.send(4, priority: 6)
      try await subject.send(5, to: "other")
      let consumer = try await subject.consumer()
      let taken = try await consumer.takeOne()

      try expect(try await subject.broker.length(of: .default), is: 3)
      try expect(try await subject.broker.purge(.default), is: 3)
      try expect(try await subject.broker.length(of: .default), is: 0)
      try expect(try await subject.broker.length(of: "other"), is: 1)
      try expect(try await consumer.settle([Settlement(taken.loan, .acknowledge)]), is: [])
    },
  ]

  static let taking: [BrokerPromise] = [
    BrokerPromise("a batch holds no more than was asked for") { subject in
      try await subject.send(1, 2, 3, 4, 5)
      let consumer = try await subject.consumer()

      let first = try await consumer.take(upTo: 3)
      let second = try await consumer.take(upTo: 3)

      try expect(
        try first.map { try $0.number } + second.map { try $0.number }, is: [1, 2, 3, 4, 5])
      try expect(first.count, is: 3)
      try expect(Set((first + second).map(\.loan)).count, is: 5)
    },
    BrokerPromise("taking waits for the first message") { subject in
      let consumer = try await subject.consumer(of: ["red", "green"])
      async let delivery = consumer.takeOne()
      await Task.yield()

      try await subject.send(1, to: "green", priority: 6)

      try expect(try await delivery.number, is: 1)
    },
    BrokerPromise("every waiting consumer gets a message of its own") { subject in
      let consumers = [
        try await subject.consumer(named: "one"), try await subject.consumer(named: "two"),
        try await subject.consumer(named: "three"),
      ]

      let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
        for consumer in consumers {
          group.addTask { try await consumer.takeOne().number }
        }
        for number in 1...3 { try await subject.send(number) }
        return try await group.reduce(into: []) { $0.append($1) }
      }

      try expect(numbers.sorted(), is: [1, 2, 3])
    },
    BrokerPromise("a take that is cancelled ends, and loses nothing") { subject in
      let consumer = try await subject.consumer()
      for number in 1...50 {
        let taking = Task { try await consumer.take(upTo: 1) }
        if number % 2 == 0 { await Task.yield() }
        async let sending: Void = subject.send(number)
        taking.cancel()
        try await sending
        do {
          let loans = try await taking.value.map { Settlement($0.loan, .requeue) }
          _ = try await consumer.settle(loans)
        } catch is CancellationError {}
      }
      await consumer.close()

      let heir = try await subject.consumer(named: "heir")
      try expect(try await subject.drain(heir).sorted(), is: Array(1...50))
    },
    BrokerPromise("a consumer that is cancelled can go on taking") { subject in
      let consumer = try await subject.consumer()
      let taking = Task { try await consumer.take(upTo: 1) }
      taking.cancel()
      _ = await taking.result

      try await subject.send(1)

      try expect(try await consumer.takeOne().number, is: 1)
    },
    BrokerPromise("closing hands back what is on loan, first in line and in order") { subject in
      try await subject.send(1, 2, 3, 4)
      let leaving = try await subject.consumer(named: "leaving")
      let first = try await leaving.takeOne()
      _ = try await leaving.take(upTo: 2)
      _ = try await leaving.settle([Settlement(first.loan, .acknowledge)])

      await leaving.close()

      let heir = try await subject.consumer(named: "heir")
      let next = try await heir.takeOne()
      try expect(try next.number, is: 2)
      try expect(next.crashes, is: 0)
      try expect(try await subject.drain(heir), is: [3, 4])
    },
  ]
}
