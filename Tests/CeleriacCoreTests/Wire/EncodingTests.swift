@testable import CeleriacCore
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct Base64Tests {
  @Test func `any bytes are written and read as Foundation does it`() {
    var generator = SeededGenerator(seed: 3)

    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var encoded: [UInt8] = []
      Base64.encode(bytes, into: &encoded)
      #expect(String(decoding: encoded, as: UTF8.self) == Data(bytes).base64EncodedString())
      #expect(Base64.decode(encoded, 0..<encoded.count) == bytes)
    }
  }

  @Test func `what is no base64 is refused`() {
    var generator = SeededGenerator(seed: 4)
    let alphabet = Array("ABCDwxyz0189+/==\n*-_ü".utf8)
    let form = /([A-Za-z0-9+\/]{4})*([A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=)?/

    for _ in 0..<5000 {
      let count = Int.random(in: 0...12, using: &generator)
      let text = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      let unbroken = String(decoding: text.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      let decoded = Base64.decode(text, 0..<text.count)
      #expect((decoded != nil) == (unbroken.wholeMatch(of: form) != nil), "\(text.shown)")
    }
  }

  @Test func `only the range asked for is read`() {
    let text = Array(#"{"body": "AP/+gA=="}"#.utf8)

    #expect(Base64.decode(text, 10..<18) == [0, 255, 254, 128])
  }
}

@Suite(.timeLimit(.minutes(1)))
struct TaskIDTests {
  @Test func `a new id is a random UUID of version 4 that nobody has`() {
    let ids = (0..<5000).map { _ in TaskID.random().rawValue }

    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(
        id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
          != nil)
    }
  }

  @Test func `every random bit of a UUID is used`() {
    var ones = UUIDBits()
    var zeros = UUIDBits()
    for _ in 0..<200 {
      let uuid = UUID(uuidString: TaskID.random().rawValue)
      ones.formUnion(uuid)
      zeros.formUnion(uuid, inverted: true)
    }

    #expect(ones.count == 128 - 4)
    #expect(zeros.count == 128 - 2)
  }

  @Test func `hexadecimal digits are read in both cases`() {
    for byte in UInt8.min...UInt8.max {
      let expected = UInt8(String(decoding: [byte], as: UTF8.self), radix: 16)
      #expect(Hex.value(byte) == expected)
    }
  }
}

// Which of the 128 bits were seen set.
private struct UUIDBits {
  private var bits: UInt128 = 0

  var count: Int { bits.nonzeroBitCount }

  mutating func formUnion(_ uuid: UUID?, inverted: Bool = false) {
    guard let uuid else { return }
    let value = withUnsafeBytes(of: uuid.uuid) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
    bits |= inverted ? ~value : value
  }
}

@Suite(.timeLimit(.minutes(1)))
struct HexTests {
  @Test func `a word's digits are those of the standard library, the first one lowest`() {
    var generator = SeededGenerator(seed: 5)

    for _ in 0..<5000 {
      let word = UInt32.random(in: 0...UInt32.max, using: &generator)
      let text = withUnsafeBytes(of: Hex.digits(of: word).littleEndian) {
        String(decoding: $0, as: UTF8.self)
      }
      let digits = String(word, radix: 16)
      #expect(text == String(repeating: "0", count: 8 - digits.count) + digits)
    }
  }

  @Test func `identifiers are random UUIDs of version 4, in small letters`() throws {
    let ids = (0..<1000).map { _ in RandomUUID().text }

    for id in ids {
      #expect(UUID(uuidString: id)?.uuidString.lowercased() == id)
      #expect(id.dropFirst(14).first == "4")
      #expect("89ab".contains(try #require(id.dropFirst(19).first)))
    }
    #expect(Set(ids).count == ids.count)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct MessageBufferTests {
  @Test func `what outgrows it is written as what fits`() {
    let pieces = (0..<500).map { String(repeating: "x", count: $0 % 7) + "\"\($0)\n" }
    var array: [UInt8] = []
    for piece in pieces {
      array.append(jsonString: piece)
      Base64.encode(Array(piece.utf8), into: &array)
      array.append(jsonString: piece)
    }

    var small = MessageBuffer(capacity: 0)
    for piece in pieces {
      let start = small.count
      small.append(jsonString: piece)
      let end = small.count
      var body = MessageBuffer(capacity: 1)
      body.append(raw: piece)
      small.append(base64: body)
      small.append(again: start..<end)
    }

    #expect(small.bytes == array)
    #expect(MessageBuffer(capacity: 0).bytes == [])
  }
}
