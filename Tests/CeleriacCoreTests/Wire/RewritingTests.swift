@testable import CeleriacCore
import CeleriacSchedule
import Testing

/// A retry is the same message with three headers changed.
@Suite(.timeLimit(.minutes(1)))
struct RewritingTests {
  private let due = Timestamp(microsecondsSince1970: 1_893_553_445_678_000)

  @Test func `a retry changes three headers and no other byte`() throws {
    let fixture = try Fixtures.message("custom-headers")
    let call = try TaskCall(message: fixture.bytes)

    let retry = call.retryMessage(due: due, counting: true, queue: "mail")

    let expected = String(decoding: fixture.bytes, as: UTF8.self)
      .replacing(#""retries": 0"#, with: #""retries": 1"#)
      .replacing(#""eta": null"#, with: #""eta": "2030-01-02T03:04:05.678000+00:00""#)
      .replacing(#""parent_id": null"#, with: #""parent_id": "\#(call.id)""#)
    #expect(String(decoding: retry.bytes, as: UTF8.self) == expected)
    #expect(retry.queue == "mail")
  }

  @Test(arguments: Fixtures.messages.filter { !$0.isUnsupported })
  func `any message can be retried`(_ fixture: Fixture) throws {
    let call = try TaskCall(message: fixture.bytes)

    let message = call.retryMessage(due: due, counting: true, queue: "mail")
    let retry = try TaskCall(message: message.bytes)

    #expect(retry.task == call.task)
    #expect(retry.id == call.id)
    #expect(retry.rootID == call.rootID)
    #expect(retry.parentID == call.id)
    #expect(retry.groupID == call.groupID)
    #expect(retry.attempt == call.attempt + 1)
    #expect(retry.eta == due)
    #expect(retry.expires == call.expires)
    #expect(retry.softTimeLimit == call.softTimeLimit)
    #expect(retry.hardTimeLimit == call.hardTimeLimit)
    #expect(retry.priority == call.priority)
    #expect(message.priority == call.priority)
    #expect(retry.body.argsText == call.body.argsText)
    #expect(retry.body.kwargsText == call.body.kwargsText)
    #expect(retry.body.embedText == call.body.embedText)
    #expect(!retry.isProtocol1)
  }

  @Test func `what is put off does not count as an attempt`() throws {
    let call = try TaskCall(message: Fixtures.message("retry").bytes)

    let later = call.retryMessage(due: due, counting: false, queue: .default)

    #expect(try TaskCall(message: later.bytes).attempt == call.attempt)
  }

  @Test(arguments: [
    ("{}", #"{"retries": 1, "eta": null, "parent_id": "p"}"#),
    ("{ }", #"{"retries": 1, "eta": null, "parent_id": "p" }"#),
    (#"{"id":"i"}"#, #"{"retries": 1, "eta": null, "parent_id": "p", "id":"i"}"#),
    (
      #"{ "eta" : "x", "id": "i"}"#,
      #"{"retries": 1, "parent_id": "p",  "eta" : null, "id": "i"}"#
    ),
    (
      #"{"parent_id":1,"retries":[2],"eta":{"a":3}}"#,
      #"{"parent_id":"p","retries":1,"eta":null}"#
    ),
  ])
  func `headers that are missing are added`(before: String, after: String) throws {
    let envelope = try Envelope(Array(#"{"headers": \#(before), "body": ""}"#.utf8))

    let rewritten = envelope.rewritten([.retries(1), .eta(nil), .parentID("p")])

    #expect(String(decoding: rewritten, as: UTF8.self) == #"{"headers": \#(after), "body": ""}"#)
  }

  @Test func `of two headers with one name the last counts`() throws {
    let bytes = [UInt8].message(headers: #""retries": 7, "retries": 1"#)
    let call = try TaskCall(message: bytes)

    let retry = call.retryMessage(due: due, counting: true, queue: .default)

    #expect(call.retries == 1)
    #expect(try TaskCall(message: retry.bytes).retries == 2)
  }

  @Test func `a body of the first protocol is read under headers that name the task`() throws {
    let body =
      #"{"task": "proj.add", "id": "b407031e", "args": [1], "kwargs": {"y": 2}, "retries": 3}"#
    let call = try TaskCall(message: .message(body: Array(body.utf8)))
    var arguments = call.arguments

    #expect(call.retries == 3)
    #expect(try arguments.next("x", as: Int.self) == 1)
    #expect(try arguments.next("y", as: Int.self) == 2)
  }
}
