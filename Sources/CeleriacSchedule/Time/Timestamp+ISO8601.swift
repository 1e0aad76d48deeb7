extension Timestamp {
  /// Reads an ISO 8601 date and time from text in UTF-8, or nothing if it is none.
  ///
  /// Accepted is what Python's `isoformat` writes and its relatives:
  ///
  ///     2026-11-22T09:48:38.170531+00:00
  ///     date 'T' or ' ' hour [':' minute [':' second ['.' digits]]] ['Z' or ±hh[[:]mm[[:]ss]]]
  ///
  /// A date alone is its midnight. A fraction finer than a microsecond is cut off. Neither
  /// allocates nor makes a `String`.
  ///
  /// - Parameters:
  ///   - bytes: The text, and nothing around it.
  ///   - zone: Where a time without an offset is local. One that exists twice there is the first;
  ///     one that does not exist is the first instant after the jump.
  public init?(iso8601 bytes: Span<UInt8>, naiveIn zone: Zone = .utc) {
    guard let written = ISO8601Reader.read(bytes) else { return nil }
    guard let offset = written.offset else {
      self = zone.instants(for: written.local).first
      return
    }
    let microseconds = written.local.microseconds - Int64(offset) * 1_000_000
    guard Self.range.contains(microseconds) else { return nil }
    self.init(microsecondsSince1970: microseconds)
  }

  /// Reads an ISO 8601 date and time from text in UTF-8, or nothing if it is none.
  ///
  /// See ``init(iso8601:naiveIn:)-(Span<UInt8>,_)`` for what is accepted.
  @inlinable
  public init?(iso8601 bytes: some Collection<UInt8>, naiveIn zone: Zone = .utc) {
    let parsed = bytes.withContiguousStorageIfAvailable {
      Timestamp(iso8601: $0.span, naiveIn: zone)
    }
    guard let timestamp = parsed ?? Timestamp(iso8601: Array(bytes).span, naiveIn: zone) else {
      return nil
    }
    self = timestamp
  }

  /// Reads an ISO 8601 date and time, or nothing if the text is none.
  ///
  /// See ``init(iso8601:naiveIn:)-(Span<UInt8>,_)`` for what is accepted.
  public init?(iso8601 text: String, naiveIn zone: Zone = .utc) {
    self.init(iso8601: text.utf8, naiveIn: zone)
  }

  /// Appends the instant as Python's `isoformat` writes it: `2026-11-22T09:48:38.170531+00:00`.
  ///
  /// The fraction has six digits, or is left out when it is zero.
  public func appendISO8601(to bytes: inout [UInt8]) {
    bytes.append(upTo: 32) { text in
      text.put(CivilDateTime(microseconds: microsecondsSince1970))
      text.put(UInt8(ascii: "+"))
      text.put(0, digits: 2)
      text.put(UInt8(ascii: ":"))
      text.put(0, digits: 2)
    }
  }
}

extension Timestamp: CustomStringConvertible {
  /// The instant as Python's `isoformat` writes it: `2026-11-22T09:48:38.170531+00:00`.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    appendISO8601(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Timestamp: Codable {
  /// Reads the instant from an ISO 8601 string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let timestamp = Timestamp(iso8601: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no ISO 8601 date and time")
    }
    self = timestamp
  }

  /// Writes the instant as an ISO 8601 string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
