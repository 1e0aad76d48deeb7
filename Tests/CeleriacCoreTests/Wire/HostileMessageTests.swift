@testable import CeleriacCore
import CeleriacSchedule
import Foundation
import Testing

/// Whatever stands in a queue, reading it ends in a call or in an error.
@Suite(.timeLimit(.minutes(2)))
struct HostileMessageTests {
  @Test func `a message cut off anywhere is refused`() throws {
    let bytes = try Fixtures.message("custom-headers").bytes

    for count in 0..<bytes.count {
      #expect(throws: MessageError.self) { try TaskCall(message: Array(bytes.prefix(count))) }
    }
  }

  @Test func `a body cut off anywhere is refused under its name`() throws {
    let fixture = try Fixtures.message("link")
    let body = Array(try #require(fixture.expected["body"].string).utf8)

    for count in 0..<body.count {
      let error = #expect(throws: MessageError.self) {
        try TaskCall(message: .message(body: Array(body.prefix(count))))
      }
      #expect(error?.code == .malformedBody)
      #expect(error?.task == "proj.add")
      #expect(error?.id == "b407031e")
    }
  }

  @Test(arguments: 0..<8)
  func `damaged messages are read or refused`(seed: UInt64) {
    var random = RandomJSON(seed: seed)
    let fixtures = Fixtures.messages.filter { $0.bytes.count < 4000 }

    for round in 0..<2500 {
      let bytes = random.mutated(fixtures[round % fixtures.count].bytes)
      readThrough(bytes)
    }
  }

  @Test(arguments: 0..<4)
  func `damaged bodies are read or refused`(seed: UInt64) {
    var random = RandomJSON(seed: 100 + seed)
    let bodies = Fixtures.messages.compactMap { $0.expected["body"].string }
      .filter { $0.utf8.count < 1000 }

    for round in 0..<2500 {
      let body = random.mutated(Array(bodies[round % bodies.count].utf8))
      readThrough(.message(body: body))
    }
  }

  @Test(
    arguments: [
      ("no JSON", "hello", .malformedMessage),
      ("no object", "[1, 2]", .malformedMessage),
      ("headers no object", #"{"headers": 5}"#, .malformedMessage),
      ("properties no object", #"{"properties": []}"#, .malformedMessage),
      (
        "no body", #"{"headers": {"task": "t", "id": "i"}, "content-type": "application/json"}"#,
        .malformedBody
      ),
      ("body an object", #"{"body": {}, "content-type": "application/json"}"#, .malformedBody),
      (
        "nothing in it", #"{"body": "{}", "headers": {}, "content-type": "application/json"}"#,
        .malformedBody
      ),
      (
        "null headers", #"{"body": "{}", "headers": null, "content-type": "application/json"}"#,
        .malformedBody
      ),
      (
        "no content type", #"{"body": "[]", "headers": {"task": "t", "id": "i"}}"#,
        .unsupportedContent
      ),
      ("null content type", #"{"body": "[]", "content-type": null}"#, .unsupportedContent),
    ] as [(String, String, MessageError.Code)])
  func `an envelope that lacks something is refused`(
    what: String, text: String, code: MessageError.Code
  ) {
    let error = #expect(throws: MessageError.self) { try TaskCall(message: Array(text.utf8)) }

    #expect(error?.code == code, "\(what)")
  }

  @Test(arguments: [
    "null", "5", "{}", "[]", "[[]]", "[[], {}]", #"["ab", {}, {}]"#, "[{}, {}, {}]", "[[], [], {}]",
    "[[], null, {}]", "[null, {}, {}]", "[[], {}, []]", "[[], {}, 1]", "[[], {}, {}] x",
  ])
  func `a body that is no list of arguments, keywords and links is refused`(body: String) {
    let error = #expect(throws: MessageError.self) {
      try TaskCall(message: .message(body: Array(body.utf8)))
    }

    #expect(error?.code == .malformedBody)
    #expect(error?.id == "b407031e")
  }

  @Test func `a body that is no UTF-8 is refused and not repaired`() {
    let body = Array(#"[[""#.utf8) + [0xC3, 0x28] + Array(#""], {}, {}]"#.utf8)

    let error = #expect(throws: MessageError.self) { try TaskCall(message: .message(body: body)) }

    #expect(error?.code == .malformedBody)
    #expect(error?.id == "b407031e")
  }

  @Test(arguments: ["9223372036854775807", "1e18", "99999999999999999999999", "-1", "\"x\"", "[]"])
  func `no count of retries is out of bounds`(retries: String) throws {
    let call = try TaskCall(message: .message(headers: #""retries": \#(retries)"#))

    #expect(call.attempt >= 1)
    let next = call.retryMessage(due: .epoch, counting: true, queue: .default)
    #expect(try TaskCall(message: next.bytes).attempt > 1)
  }

  @Test(arguments: ["1e300", "-1e300", "1e19", "NaN", "Infinity", "-1", "0", "\"5\"", "[]"])
  func `no time limit is out of bounds`(limit: String) throws {
    for both in ["[\(limit), \(limit)]", limit, "[\(limit)]"] {
      let call = try TaskCall(message: .message(headers: #""timelimit": \#(both)"#))
      let limit = call.softTimeLimit ?? .seconds(1)

      #expect(limit > .zero)
      #expect(Timestamp.epoch + limit > .epoch)
    }
  }

  @Test(arguments: [
    "5", "\"soon\"", "\"\"", "\"2026-13-01T00:00:00\"", "{}", "\"99999-01-01T00:00:00\"",
  ])
  func `a time that is none is refused under its name`(time: String) {
    for header in ["eta", "expires"] {
      let error = #expect(throws: MessageError.self) {
        try TaskCall(message: .message(headers: #""\#(header)": \#(time)"#))
      }
      #expect(error?.task == "proj.add")
      #expect(error?.id == "b407031e")
    }
  }

  // Does with a message what a worker does, and lets the task's types pull at every argument.
  private func readThrough(_ bytes: [UInt8]) {
    guard let call = try? TaskCall(message: bytes) else { return }
    var arguments = call.arguments
    for position in 0..<4 {
      _ = try? arguments.next("position\(position)", as: WireValue.self)
    }
    for check in [
      check(Int.self), check(UUID.self), check(Date.self), check(Decimal.self), check(Data.self),
      check([String: [Double]].self),
    ] {
      check(call.arguments)
    }
    let retry = call.retryMessage(due: .epoch, counting: true, queue: .default)
    #expect(throws: Never.self) { try TaskCall(message: retry.bytes) }
  }

  private func check<Value: Decodable>(_ type: Value.Type) -> (Arguments) -> Void {
    { arguments in
      var arguments = arguments
      _ = try? arguments.next("value", as: type)
    }
  }
}

extension [UInt8] {
  /// A message with this body, and more headers than the two it needs.
  static func message(
    body: [UInt8] = Array("[[], {}, null]".utf8), headers: String = #""lang": "py""#
  ) -> [UInt8] {
    var encoded: [UInt8] = []
    Base64.encode(body, into: &encoded)
    let text = String(decoding: encoded, as: UTF8.self)
    return Array(
      #"""
      {"body": "\#(text)", "content-type": "application/json", "content-encoding": "utf-8",
       "headers": {"task": "proj.add", "id": "b407031e", \#(headers)},
       "properties": {"body_encoding": "base64", "delivery_tag": "1",
         "delivery_info": {"exchange": "", "routing_key": "celery"}}}
      """#.utf8)
  }
}
