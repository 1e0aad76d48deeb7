/// The name of an object's member where a ``JSONScanner`` has found it, without its quotes.
///
/// It is compared with a literal byte by byte. A String made of each of a message's fifty names would
/// cost more than everything else that is done to read it.
struct JSONKey {
  let bytes: [UInt8]
  let range: Range<Int>

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  /// Lets a `switch` over keys name them as literals.
  ///
  /// In place, where the literal's length is known: most names differ in theirs already.
  @inline(__always)
  static func ~= (name: StaticString, key: JSONKey) -> Bool {
    let count = name.utf8CodeUnitCount
    guard key.range.count == count else { return false }
    let start = key.range.lowerBound
    for offset in 0..<count where key.bytes[start + offset] != name.utf8Start[offset] {
      return false
    }
    return true
  }
}
