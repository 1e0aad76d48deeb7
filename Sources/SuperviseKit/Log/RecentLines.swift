/// The last lines a process wrote, kept cheaply: bytes are copied, lines are cut when asked for.
struct RecentLines: Sendable {
  private var bytes: [UInt8] = []
  private static let kept = 4096
  private static let count = 20

  mutating func note(_ new: UnsafeRawBufferPointer) {
    let new = UnsafeRawBufferPointer(rebasing: new[max(0, new.count - Self.kept)...])
    if bytes.count + new.count > 2 * Self.kept {
      bytes.removeFirst(bytes.count - max(0, Self.kept - new.count))
    }
    bytes.append(contentsOf: new)
  }

  var lines: [[UInt8]] {
    bytes.split(separator: 0x0A).suffix(Self.count).map(Array.init)
  }
}
