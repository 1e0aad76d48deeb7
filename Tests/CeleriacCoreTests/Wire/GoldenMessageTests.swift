@testable import CeleriacCore
import CeleriacSchedule
import Foundation
import Testing

/// What Celeriac understands in the messages that a real Celery has sent.
@Suite(.timeLimit(.minutes(1)))
struct GoldenMessageTests {
  private static let readable = Fixtures.messages.filter { !$0.isUnsupported }
  private static let protocol2 = readable.filter { $0.expected["protocol"].number == 2 }
  private static let unsupported = Fixtures.messages.filter(\.isUnsupported)

  @Test func `there are golden files of every kind`() {
    #expect(Self.protocol2.count > 70)
    #expect(Self.readable.count - Self.protocol2.count == 2)
    #expect(Self.unsupported.count == 3)
  }

  @Test(arguments: readable)
  func `task, id and envelope are read`(_ fixture: Fixture) throws {
    let call = try TaskCall(message: fixture.bytes)
    let fields = fixture.fields

    #expect(call.task == fields["task"].string)
    #expect(call.id.rawValue == fields["id"].string)
    #expect(call.retries == Int(fields["retries"].number ?? 0))
    #expect(call.attempt == call.retries + 1)
    #expect(call.priority == Int(fixture.expected["priority"].number ?? 0))
    #expect(call.envelope.deliveryTag == fixture.expected["deliveryTag"].string)
    #expect(call.envelope.routingKey == fixture.expected["routingKey"].string)
    #expect(call.envelope.bytes == fixture.bytes)
    #expect(call.isProtocol1 == (fixture.expected["protocol"].number == 1))
  }

  @Test(arguments: readable)
  func `times and limits are read`(_ fixture: Fixture) throws {
    let call = try TaskCall(message: fixture.bytes)
    let fields = fixture.fields
    let limits = fields["timelimit"].array.map { $0.number.map { Duration.seconds($0) } }

    #expect(call.eta == fields["eta"].string.flatMap { Timestamp(iso8601: $0) })
    #expect(call.expires == fields["expires"].string.flatMap { Timestamp(iso8601: $0) })
    #expect(call.hardTimeLimit == limits.first ?? nil)
    #expect(call.softTimeLimit == limits.last ?? nil)
  }

  @Test(arguments: protocol2)
  func `the workflow that a call belongs to is read`(_ fixture: Fixture) throws {
    let call = try TaskCall(message: fixture.bytes)
    let headers = fixture.expected["headers"]

    #expect(call.rootID.rawValue == headers["root_id"].string ?? call.id.rawValue)
    #expect(call.parentID?.rawValue == headers["parent_id"].string)
    #expect(call.groupID == headers["group"].string)
    #expect(call.ignoresResult == headers["ignore_result"].bool)
  }

  @Test(arguments: readable)
  func `arguments arrive as what they were sent`(_ fixture: Fixture) throws {
    var arguments = try TaskCall(message: fixture.bytes).arguments

    for (index, expected) in fixture.expected["args"]["list"].array.enumerated() {
      let value = try arguments.next("position\(index)", as: WireValue.self)
      #expect(value.matches(expected), "\(value) is not \(expected)")
    }
    for (name, expected) in fixture.expected["kwargs"]["dict"].object {
      let value = try arguments.next(name, as: WireValue.self)
      #expect(value.matches(expected), "\(value) is not \(expected)")
    }
    try arguments.finish()
  }

  @Test(arguments: protocol2)
  func `the body is the text that Celery has serialized`(_ fixture: Fixture) throws {
    let body = try TaskCall(message: fixture.bytes).body

    #expect(String(decoding: body.bytes, as: UTF8.self) == fixture.expected["body"].string)
  }

  @Test(arguments: readable)
  func `links, chain and chord are found`(_ fixture: Fixture) throws {
    let body = try TaskCall(message: fixture.bytes).body
    let embed =
      fixture.expected["protocol"].number == 1
      ? fixture.expected["fields"] : fixture.expected["embed"]

    func json(_ range: Range<Int>?) throws -> JSONValue {
      guard let range else { return .null }
      return try JSONDecoder().decode(JSONValue.self, from: Data(body.bytes[range]))
    }

    #expect(try json(body.embed.callbacks) == embed["callbacks"])
    #expect(try json(body.embed.errbacks) == embed["errbacks"])
    #expect(try json(body.embed.chain) == embed["chain"])
    #expect(try json(body.embed.chord) == embed["chord"])
  }

  @Test(arguments: readable)
  func `a message stands in the list of its priority`(_ fixture: Fixture) throws {
    let call = try TaskCall(message: fixture.bytes)
    let queue = QueueName(try #require(call.envelope.routingKey))

    #expect(PriorityStep.key(of: queue, priority: call.priority) == fixture.key)
  }

  @Test(arguments: unsupported)
  func `what is pickled or compressed is refused under its name`(_ fixture: Fixture) throws {
    let headers = try fixture.document["headers"]

    let error = #expect(throws: MessageError.self) { try TaskCall(message: fixture.bytes) }

    #expect(error?.code == .unsupportedContent)
    #expect(error?.task == headers["task"].string)
    #expect(error?.id?.rawValue == headers["id"].string)
  }

  @Test func `the time of a naive eta is UTC`() throws {
    let call = try TaskCall(message: Fixtures.message("eta-naive").bytes)

    #expect(call.eta == Timestamp(iso8601: "2030-01-02T03:04:05+00:00"))
  }

  @Test func `a lone surrogate in the envelope does not lose the message`() throws {
    var call = try TaskCall(message: Fixtures.message("value-lone-surrogate").bytes)
      .arguments

    #expect(try call.next("value", as: String.self) == "\u{FFFD}")
  }

  @Test func `both forms of the first protocol are read`() throws {
    let call = try TaskCall(message: Fixtures.message("protocol-1-full").bytes)

    #expect(call.retries == 1)
    #expect(call.hardTimeLimit == .seconds(10))
    #expect(call.softTimeLimit == .seconds(7))
    #expect(call.rootID == call.id)
  }
}

extension Fixture {
  /// What protocol 2 has in its headers and the first protocol in its body.
  fileprivate var fields: JSONValue {
    expected["protocol"].number == 1 ? expected["fields"] : expected["headers"]
  }
}
