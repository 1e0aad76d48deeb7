import Glibc

/// A stretch of memory that the loop fills with whole lines.
///
/// It is a place in a ``LogRing``, or one beside it whose content is thrown away. Nothing is
/// allocated for a line: its bytes are copied once, from where the pipe was read to where the
/// sink's thread writes them from.
struct LogBatch {
  /// What a slot holds, when it is one.
  let slot: Int?
  /// Kept free for the supervisor's own lines.
  let isReserve: Bool
  private let start: UnsafeMutableRawPointer
  private let capacity: Int
  private(set) var count: Int

  init(
    _ memory: UnsafeMutableRawBufferPointer, filled count: Int = 0, slot: Int? = nil,
    isReserve: Bool = false
  ) {
    guard let start = memory.baseAddress else { preconditionFailure("a batch without memory") }
    self.start = start
    capacity = memory.count
    self.count = count
    self.slot = slot
    self.isReserve = isReserve
  }

  var room: Int { capacity - count }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  @inline(__always)
  mutating func append(_ source: UnsafeRawPointer, count length: Int) {
    precondition(length <= room, "a line was begun without room for it")
    memcpy(start + count, source, length)
    count += length
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    append(source, count: bytes.count)
  }

  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    precondition(room > 0, "a line was begun without room for it")
    start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// Once more what stands at a place of this batch.
  @inline(__always)
  mutating func repeatBytes(at offset: Int, count length: Int) {
    append(UnsafeRawPointer(start + offset), count: length)
  }

  mutating func removeAll() { count = 0 }
}

/// Which file a stretch of a batch belongs to, where lines are kept by process.
struct LogPart: Sendable, Equatable {
  var file: Int
  var count: Int
}

extension [LogPart] {
  /// Adds a stretch, to the last one if both belong to the same file.
  mutating func add(_ part: LogPart) {
    if last?.file == part.file {
      self[count - 1].count += part.count
    } else {
      append(part)
    }
  }
}
