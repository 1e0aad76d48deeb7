/// Memory in which a message is put together, piece by piece.
///
/// An array looks at each append whether it has other owners; a message has forty pieces, most of them
/// shorter than that look takes.
struct MessageBuffer: ~Copyable, JSONOutput {
  private var memory: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  /// An empty buffer; it grows beyond `capacity` when it has to.
  init(capacity: Int) {
    memory = .allocate(capacity: max(1, capacity))
  }

  deinit { memory.deallocate() }

  /// What has been written.
  var bytes: [UInt8] { [UInt8](UnsafeBufferPointer(rebasing: memory[..<count])) }

  mutating func append(_ byte: UInt8) {
    room(for: 1)[0] = byte
    count += 1
  }

  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
    _ = room(for: bytes.count).update(fromContentsOf: bytes)
    count += bytes.count
  }

  mutating func append(base64 other: borrowing MessageBuffer) {
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: other.memory[..<other.count]))
    let text = UnsafeMutableRawBufferPointer(room(for: Base64.length(of: bytes)))
    count += Base64.encode(bytes, into: text)
  }

  mutating func append(jsonTimestamp time: Timestamp?) {
    guard let time else { return append(json: "null") }
    append(UInt8(ascii: "\""))
    append(raw: time.description)
    append(UInt8(ascii: "\""))
  }

  private mutating func room(for more: Int) -> UnsafeMutableBufferPointer<UInt8> {
    if count + more > memory.count { grow(to: max(count + more, 2 * memory.count)) }
    return UnsafeMutableBufferPointer(rebasing: memory[count..<count + more])
  }

  private mutating func grow(to capacity: Int) {
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    _ = larger.update(fromContentsOf: memory[..<count])
    memory.deallocate()
    memory = larger
  }
}
