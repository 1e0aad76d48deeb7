internal import CHiredis

/// What Redis answered to one command.
package enum RedisReply: Sendable, Equatable {
  /// A bulk string: any bytes.
  case bytes([UInt8])
  /// An integer.
  case integer(Int)
  /// A list of replies.
  case array([RedisReply])
  /// No value: a missing key, or a blocking command that waited in vain.
  case null
  /// A short word of success, `OK` for one.
  case status(String)
  /// A refusal: its first word is the kind, `WRONGTYPE` for one.
  case error(String)
}

extension RedisReply {
  /// Copies a reply out of hiredis' tree, which is freed after its callback returns.
  init(_ pointer: UnsafePointer<redisReply>) {
    let reply = pointer.pointee
    switch reply.type {
    case REDIS_REPLY_STRING:
      self = .bytes([UInt8](UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
    case REDIS_REPLY_INTEGER:
      self = .integer(Int(reply.integer))
    case REDIS_REPLY_ARRAY:
      self = .array(Self.elements(of: reply))
    case REDIS_REPLY_STATUS:
      self = .status(Self.text(of: reply))
    case REDIS_REPLY_ERROR:
      self = .error(Self.text(of: reply))
    default:
      self = .null
    }
  }

  private static func elements(of reply: redisReply) -> [RedisReply] {
    let children = UnsafeBufferPointer(start: reply.element, count: reply.elements)
    return children.map { child in
      guard let child else { return .null }
      return RedisReply(child)
    }
  }

  private static func text(of reply: redisReply) -> String {
    String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
  }
}

extension RedisReply {
  /// The bytes of a bulk string.
  package var bytes: [UInt8]? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes
  }

  /// The value of an integer reply.
  package var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The replies of a list.
  package var array: [RedisReply]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// A bulk string or a status as text.
  package var text: String? {
    switch self {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .status(let text): text
    default: nil
    }
  }

  /// Whether nothing was there.
  package var isNull: Bool { self == .null }
}
