public import CeleriacCore
import CeleriacSchedule

/// An empty broker and its result store, with a way to let time pass.
public struct BrokerUnderTest: Sendable {
  let broker: any Broker
  let results: any ResultStore
  let clock: any WallClock
  let pass: @Sendable (Duration) async throws -> Void
  /// Who can see what its consumers have on loan.
  public var visibility = LoanVisibility.own

  /// Describes the broker.
  ///
  /// - Parameters:
  ///   - broker: The broker, with nothing in it.
  ///   - results: The store that it stores results in, in the step that settles.
  ///   - clock: The clock that schedules go by.
  ///   - pass: Lets so much time pass on that clock: moves it, or waits.
  public init(
    broker: any Broker, results: any ResultStore, clock: any WallClock,
    pass: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.broker = broker
    self.results = results
    self.clock = clock
    self.pass = pass
  }

  func consumer(
    of queues: [QueueName] = [.default], named name: String = "one"
  ) async throws -> any Consumer {
    var options = ConsumerOptions(worker: "\(name)@test", queues: queues, results: results)
    options.visibility = visibility
    return try await broker.consumer(options)
  }

  /// Sends calls that carry these numbers, in one step.
  func send(
    _ numbers: Int..., to queue: QueueName = .default, priority: TaskPriority = .normal
  ) async throws {
    let task = RemoteTask<Int, Int>("conformance.echo")
    try await queueForCalls.send(
      numbers.map { task.s($0).on(queue: queue).priority(priority).id(id($0)) })
  }

  /// Takes until there is nothing left: a message that would never come must not be waited for.
  func drain(_ consumer: any Consumer, from queues: [QueueName] = [.default]) async throws -> [Int]
  {
    var numbers: [Int] = []
    while try await length(of: queues) > 0 {
      let deliveries = try await consumer.take(upTo: 100)
      _ = try await consumer.settle(deliveries.map { Settlement($0.loan, .acknowledge) })
      numbers += try deliveries.map { try $0.number }
    }
    return numbers
  }

  func id(_ number: Int) -> TaskID { TaskID("call-\(number)") }

  private var queueForCalls: TaskQueue {
    TaskQueue(broker: broker, results: results, clock: clock)
  }

  private func length(of queues: [QueueName]) async throws -> Int {
    var length = 0
    for queue in queues { length += try await broker.length(of: queue) }
    return length
  }
}

extension Delivery {
  /// The number that the call carries.
  var number: Int {
    get throws {
      var arguments = try TaskCall(message: bytes).arguments
      return try arguments.next("number", as: Int.self)
    }
  }
}

extension Consumer {
  func takeOne() async throws -> Delivery {
    let deliveries = try await take(upTo: 1)
    guard let delivery = deliveries.first, deliveries.count == 1 else {
      throw BrokenPromise(description: "take(upTo: 1) gave \(deliveries.count) deliveries")
    }
    return delivery
  }
}

extension ResultWrite {
  static func test(_ id: TaskID, _ state: TaskState, _ value: String = "null") -> ResultWrite {
    let record = """
      {"status": "\(state.rawValue)", "result": \(value), "traceback": null, "children": [], \
      "date_done": null, "task_id": "\(id)"}
      """
    return ResultWrite(id: id, state: state, bytes: Array(record.utf8), expiry: .seconds(60))
  }
}
