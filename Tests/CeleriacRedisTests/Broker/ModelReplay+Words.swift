import DeliveryModel
import TestSupport

@testable import CeleriacRedis

extension ModelReplay {
  /// Why a replay ends early.
  struct Departure: Error, CustomStringConvertible {
    let description: String
  }

  static func unlessFenced(
    _ ask: () async throws -> RedisReply
  ) async throws -> RedisReply? {
    do {
      return try await ask()
    } catch let error as RedisError {
      guard error.isFenced else { throw error }
      return nil
    }
  }

  func expect(_ condition: Bool, _ what: String) throws {
    guard !condition else { return }
    throw Departure(description: "not as in the model: \(what); after \(steps.suffix(12))")
  }

  mutating func note(_ step: String) { steps.append(step) }

  func worker(_ name: Int) -> String { workers.books[name].worker }

  mutating func randomName() -> Int {
    Int.random(in: 0..<3, using: &generator)
  }

  // What Celery's workers could not read is not shown to them.
  func text(of message: MessageNumber) -> String {
    guard isVisible else { return "\(message)" }
    return #"{"body": "\#(message)", "headers": {"id": "call"}, "properties": "#
      + #"{"delivery_tag": "tag", "delivery_info": {"exchange": "", "routing_key": "q"}}}"#
  }

  /// The message that a text is.
  static func message(_ text: String) -> MessageNumber? {
    text.first { $0.isNumber }.flatMap { MessageNumber(String($0)) }
  }
}
