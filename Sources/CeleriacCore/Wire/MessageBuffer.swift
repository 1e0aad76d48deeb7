import CeleriacSchedule

/// Memory in which a message is put together, piece by piece.
///
/// An array looks at each append whether it has other owners; a message has thirty pieces, most of them
/// shorter than that look takes. And memory that is allocated as such is aligned for anything, which
/// takes several times as long as an object.
struct MessageBuffer: ~Copyable, JSONOutput {
  private typealias Memory = ManagedBuffer<Void, UInt8>

  private var memory: Memory
  private var capacity: Int
  /// How much has been written.
  private(set) var count = 0

  /// An empty buffer; it grows beyond `capacity` when it has to.
  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    memory = Memory.create(minimumCapacity: self.capacity) { _ in }
  }

  /// What has been written.
  var bytes: [UInt8] {
    memory.withUnsafeMutablePointerToElements { start in
      [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
  }

  mutating func append(_ byte: UInt8) {
    append(1) { $0.storeBytes(of: byte, as: UInt8.self) }
  }

  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    append(bytes.count) { $0.copyMemory(from: start, byteCount: bytes.count) }
  }

  mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return append(json: #""""#) }
    let quote = UInt8(ascii: "\"")
    append(bytes.count + 2) { room in
      room.storeBytes(of: quote, as: UInt8.self)
      (room + 1).copyMemory(from: start, byteCount: bytes.count)
      room.storeBytes(of: quote, toByteOffset: bytes.count + 1, as: UInt8.self)
    }
  }

  /// Appends once more what was written there.
  mutating func append(again range: Range<Int>) {
    precondition(range.upperBound <= count)
    let distance = count - range.lowerBound
    append(range.count) { $0.copyMemory(from: $0 - distance, byteCount: range.count) }
  }

  /// Appends the base64 text of what was written to another one.
  mutating func append(base64 other: borrowing MessageBuffer) {
    let count = other.count
    other.memory.withUnsafeMutablePointerToElements { start in
      let bytes = UnsafeRawBufferPointer(start: start, count: count)
      let length = Base64.length(of: bytes)
      append(length) { room in
        _ = Base64.encode(bytes, into: UnsafeMutableRawBufferPointer(start: room, count: length))
      }
    }
  }

  mutating func append(_ uuid: RandomUUID) {
    append(RandomUUID.length) { uuid.write(to: $0) }
  }

  mutating func append(jsonTimestamp time: Timestamp?) {
    guard let time else { return append(json: "null") }
    append(UInt8(ascii: "\""))
    append(raw: time.description)
    append(UInt8(ascii: "\""))
  }

  // `write` fills the next `more` bytes.
  @inline(__always)
  private mutating func append(_ more: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
    if count + more > capacity { grow(to: max(count + more, 2 * capacity)) }
    memory.withUnsafeMutablePointerToElements { write(UnsafeMutableRawPointer($0) + count) }
    count += more
  }

  @inline(never)
  private mutating func grow(to larger: Int) {
    let room = Memory.create(minimumCapacity: larger) { _ in }
    memory.withUnsafeMutablePointerToElements { from in
      room.withUnsafeMutablePointerToElements { $0.update(from: from, count: count) }
    }
    memory = room
    capacity = larger
  }
}
