import Foundation

/// Types that use `Codable` in each of its ways.
struct Order: Codable, Equatable {
  struct Line: Codable, Equatable {
    var price: Double
    var count: Int
    var note: String?
  }

  var id: Int
  var lines: [Line]
  var placed: Date?
  var tags: [String: [Int]]?

  static let sample = Order(
    id: 17, lines: [Line(price: 1.5, count: 2), Line(price: 0, count: 0, note: "\"free\"")],
    placed: Date(timeIntervalSince1970: 1_767_323_045), tags: ["ü": [], "b": [1, 2]])
}

enum Shape: Codable, Equatable {
  case circle(radius: Double)
  case label(String, at: [Int])
  case empty
}

enum Color: String, Codable, CodingKeyRepresentable {
  case red
  case green
}

struct Wide: Codable, Equatable {
  var signed: Int128
  var unsigned: UInt128
  var list: [UInt128]
  var both: [Int128: UInt128]
  var missing: Int128?
}

struct Numbers: Codable {
  var double: Double
  var float: Float
  var wide: Int128
  var narrow: Int8
}

struct Empty: Codable, Equatable {}

struct Pair: Decodable {
  let first: Int
  let second: Int

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    first = try container.decode(Int.self)
    second = try container.decode(Int.self)
  }
}

struct Nested: Decodable {
  let inside: [Nested]

  init(from decoder: any Decoder) throws {
    inside = try decoder.singleValueContainer().decode([Nested].self)
  }
}

class Animal: Codable {
  let legs: Int
  init(legs: Int) { self.legs = legs }
}

final class Dog: Animal {
  let name: String

  private enum Key: CodingKey { case name }

  init(name: String, legs: Int) {
    self.name = name
    super.init(legs: legs)
  }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try super.encode(to: container.superEncoder())
  }
}

/// Fills two containers in turns, as `Codable` allows.
struct Interleaved: Codable, Equatable {
  enum Key: CodingKey { case list, object, deep, a, b }

  init() {}

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var list = container.nestedUnkeyedContainer(forKey: .list)
    var object = container.nestedContainer(keyedBy: Key.self, forKey: .object)
    try list.encode(1)
    try object.encode(1, forKey: .a)
    var inside = list.nestedContainer(keyedBy: Key.self)
    var last = list.nestedUnkeyedContainer()
    var deep = inside.nestedUnkeyedContainer(forKey: .deep)
    try last.encode(3)
    try deep.encode(2)
    try deep.encodeNil()
    try object.encodeNil(forKey: .b)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let object = try container.nestedContainer(keyedBy: Key.self, forKey: .object)
    var list = try container.nestedUnkeyedContainer(forKey: .list)
    let first = try list.decode(Int.self)
    var deep = try list.nestedContainer(keyedBy: Key.self)
      .nestedUnkeyedContainer(forKey: .deep)
    var last = try list.nestedUnkeyedContainer()
    let isAsWritten =
      try first == 1 && object.decode(Int.self, forKey: .a) == 1 && object.decodeNil(forKey: .b)
      && deep.decode(Int.self) == 2 && deep.decodeNil() && deep.isAtEnd
      && last.decode(Int.self) == 3 && last.isAtEnd && list.isAtEnd
    guard isAsWritten else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "not as written"))
    }
  }
}
