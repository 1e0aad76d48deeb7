@testable import CeleriacCore
import CeleriacSchedule
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MessageWriterTests {
  @Test func `what is written is read again`() throws {
    var content = content(args: #"[2, "zwei 🚀"]"#, kwargs: #"{"ü": null}"#)
    content.rootID = "root"
    content.parentID = "parent"
    content.groupID = "group"
    content.eta = Timestamp(iso8601: "2030-01-02T03:04:05.678+00:00")
    content.expires = Timestamp(iso8601: "2031-01-02T03:04:05+00:00")
    content.softTimeLimit = .milliseconds(7500)
    content.hardTimeLimit = .seconds(10)
    content.retries = 2
    content.priority = 4
    content.ignoresResult = true

    let call = try TaskCall(message: MessageWriter.envelope(content, origin: "gen1@host"))

    #expect(call.task == "proj.add")
    #expect(call.id == "b407031e")
    #expect(call.rootID == "root")
    #expect(call.parentID == "parent")
    #expect(call.groupID == "group")
    #expect(call.eta == content.eta)
    #expect(call.expires == content.expires)
    #expect(call.softTimeLimit == .milliseconds(7500))
    #expect(call.hardTimeLimit == .seconds(10))
    #expect(call.retries == 2)
    #expect(call.priority == 4)
    #expect(call.ignoresResult == true)
    #expect(call.envelope.routingKey == "mail")
    var arguments = call.arguments
    #expect(try arguments.next("x", as: Int.self) == 2)
    #expect(try arguments.next("y", as: String.self) == "zwei 🚀")
    #expect(try arguments.next("ü", as: Int?.self) == nil)
    try arguments.finish()
  }

  @Test func `a message has every field that Celery's has`() throws {
    let ours = try written(content()).document
    let theirs = try Fixtures.message("plain").document

    #expect(Set(ours.object.keys) == Set(theirs.object.keys))
    #expect(Set(ours["headers"].object.keys) == Set(theirs["headers"].object.keys))
    // Where a client waits for replies: only the rpc backend reads it.
    #expect(
      Set(ours["properties"].object.keys)
        == Set(theirs["properties"].object.keys).subtracting(["reply_to"]))
    #expect(ours["properties"]["delivery_info"]["exchange"].string == "")
    #expect(ours["headers"]["stamps"] == .object([:]))
    #expect(ours["headers"]["timelimit"] == .array([.null, .null]))
    #expect(ours["content-encoding"].string == "utf-8")
  }

  @Test func `the body is arguments, keywords and links`() throws {
    let message = try written(content(args: "[2, 2]", kwargs: #"{"z": 1}"#)).document
    let body = try #require(Data(base64Encoded: message["body"].string ?? ""))

    #expect(
      String(decoding: body, as: UTF8.self)
        == #"[[2, 2], {"z": 1}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#
    )
  }

  @Test func `no two messages have one delivery tag`() throws {
    let tags = try (0..<100).map { _ in
      try written(content()).document["properties"]["delivery_tag"].string
    }

    #expect(Set(tags).count == 100)
  }

  @Test func `headers of the application stand beside Celery's`() throws {
    var content = content()
    content.headers = [("tenant", Array(#""a\"nn""#.utf8)), ("depth", Array("[1]".utf8))]
    content.isFromBeat = true

    let headers = try written(content).document["headers"]

    #expect(headers["tenant"].string == #"a"nn"#)
    #expect(headers["depth"] == .array([.number(1)]))
    #expect(headers["celery_beat_task"] == true)
  }

  @Test func `every name and id is escaped`() throws {
    var content = content()
    let hostile = "a\"\\\n\u{0}\u{7F}ü🚀"
    content.task = hostile
    content.id = TaskID(hostile)
    content.queue = QueueName(hostile)
    content.parentID = TaskID(hostile)
    content.groupID = hostile

    let call = try TaskCall(message: MessageWriter.envelope(content, origin: hostile))

    #expect(call.task == hostile)
    #expect(call.id.rawValue == hostile)
    #expect(call.envelope.routingKey == hostile)
    #expect(call.parentID?.rawValue == hostile)
    #expect(call.groupID == hostile)
  }

  // The right side is what Python 3.11 prints for `tuple(json.loads(left))`.
  @Test(arguments: [
    ("[]", "()"), ("[2]", "(2,)"), ("[2, 2]", "(2, 2)"), ("[2,2]", "(2, 2)"), ("[[]]", "([],)"),
    ("[[1, 2]]", "([1, 2],)"), ("[{}]", "({},)"), (#"[{"a":1,"b":[2]}]"#, "({'a': 1, 'b': [2]},)"),
    ("[null, true, false]", "(None, True, False)"), ("[NaN, Infinity]", "(nan, inf)"),
    ("[-Infinity]", "(-inf,)"), ("[4.0, 1e-07, -0.0]", "(4.0, 1e-07, -0.0)"),
    (#"["plain"]"#, "('plain',)"), (#"["", "t, f: n"]"#, "('', 't, f: n')"),
    (#"["it's"]"#, #"("it's",)"#), (#"["\"q\""]"#, #"('"q"',)"#),
    (#"["it's \"q\""]"#, #"('it\'s "q"',)"#),
    (#"["a\\", "b"]"#, #"('a\\', 'b')"#), (#"["\\\\"]"#, #"('\\\\',)"#),
    (#"["a\nb\t\r"]"#, #"('a\nb\t\r',)"#),
    (#"["\u0000\u001f"]"#, #"('\x00\x1f',)"#), (#"["\b\f\/"]"#, #"('\x08\x0c/',)"#),
    (#"["Grüße, 世界 🚀"]"#, "('Grüße, 世界 🚀',)"),
  ])
  func `arguments are shown as Python shows them`(json: String, python: String) {
    let repr = PythonRepr(args: Array(json.utf8), kwargs: Array(#"{"x": [null], "it's": 1}"#.utf8))

    #expect(String(decoding: repr.args, as: UTF8.self) == python)
    #expect(String(decoding: repr.kwargs, as: UTF8.self) == #"{'x': [None], "it's": 1}"#)
  }

  @Test(arguments: ["x", "ü", "🚀", "\\u0000", "\\\"", "'", "\",\""])
  func `long arguments are shown up to Celery's limit`(piece: String) {
    for shift in 0..<4 {
      let text = String(repeating: "-", count: shift) + String(repeating: piece, count: 3000)
      let repr = PythonRepr(
        args: Array("[\"\(text)\"]".utf8), kwargs: Array("{\"k\": \"\(text)\"}".utf8))

      for shown in [repr.args, repr.kwargs].map({ String(decoding: $0, as: UTF8.self) }) {
        #expect(shown.utf8.count <= PythonRepr.maximumBytes)
        #expect(shown.utf8.count > PythonRepr.maximumBytes - 8)
        #expect(shown.hasSuffix("..."))
        #expect(!shown.contains("\u{FFFD}"))
      }
    }
  }

  private func content(args: String = "[2, 2]", kwargs: String = "{}") -> MessageContent {
    MessageContent(
      task: "proj.add", id: "b407031e", args: Array(args.utf8), kwargs: Array(kwargs.utf8),
      queue: "mail")
  }

  private func written(_ content: MessageContent) -> Fixture {
    Fixture(
      file: "", key: "", bytes: MessageWriter.envelope(content, origin: "gen1@host"),
      expected: .null)
  }
}
