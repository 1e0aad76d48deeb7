import CeleriacSchedule
import Glibc

/// Memory in which a message is put together, piece by piece.
///
/// An array looks at each append whether it has other owners; a message has thirty pieces, most of them
/// shorter than that look takes.
struct MessageBuffer: ~Copyable, JSONOutput {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  /// How much has been written.
  private(set) var count = 0

  /// An empty buffer; it grows beyond `capacity` when it has to.
  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    memory = Self.allocate(self.capacity)
  }

  deinit { free(memory) }

  /// What has been written.
  var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: memory, count: count)) }

  mutating func append(_ byte: UInt8) {
    room(for: 1).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    room(for: bytes.count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return append(json: #""""#) }
    let room = room(for: bytes.count + 2)
    room.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
    (room + 1).copyMemory(from: start, byteCount: bytes.count)
    room.storeBytes(of: UInt8(ascii: "\""), toByteOffset: bytes.count + 1, as: UInt8.self)
    count += bytes.count + 2
  }

  /// Appends once more what was written there.
  mutating func append(again range: Range<Int>) {
    precondition(range.upperBound <= count)
    // Which may move what is there.
    let room = room(for: range.count)
    room.copyMemory(from: memory + range.lowerBound, byteCount: range.count)
    count += range.count
  }

  /// Appends the base64 text of what was written to another one.
  mutating func append(base64 other: borrowing MessageBuffer) {
    let bytes = UnsafeRawBufferPointer(start: other.memory, count: other.count)
    let length = Base64.length(of: bytes)
    count += Base64.encode(
      bytes, into: UnsafeMutableRawBufferPointer(start: room(for: length), count: length))
  }

  mutating func append(_ uuid: RandomUUID) {
    uuid.write(to: room(for: RandomUUID.length))
    count += RandomUUID.length
  }

  mutating func append(jsonTimestamp time: Timestamp?) {
    guard let time else { return append(json: "null") }
    append(UInt8(ascii: "\""))
    append(raw: time.description)
    append(UInt8(ascii: "\""))
  }

  // Where the next bytes go.
  @inline(__always)
  private mutating func room(for more: Int) -> UnsafeMutableRawPointer {
    if count + more > capacity { grow(to: max(count + more, 2 * capacity)) }
    return memory + count
  }

  @inline(never)
  private mutating func grow(to larger: Int) {
    let room = Self.allocate(larger)
    room.copyMemory(from: memory, byteCount: count)
    free(memory)
    memory = room
    capacity = larger
  }

  // Swift's own way would take care of an alignment, which takes five times as long.
  private static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let memory = malloc(count) else { fatalError("no memory for a message") }
    return memory
  }
}
