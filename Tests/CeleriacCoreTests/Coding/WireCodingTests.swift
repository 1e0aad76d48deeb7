@testable import CeleriacCore
import CeleriacSchedule
import Foundation
import TestSupport
import Testing

/// Values through `Codable`, in Celery's spelling.
@Suite(.timeLimit(.minutes(1)))
struct WireCodingTests {
  @Test func `scalars are written as Python writes them`() throws {
    #expect(try text(4) == "4")
    #expect(try text(Int128(1) << 70) == "1180591620717411303424")
    #expect(try text(UInt64.max) == "18446744073709551615")
    #expect(try text(true) == "true")
    #expect(try text(4.0) == "4.0")
    #expect(try text(1e-7) == "1e-07")
    #expect(try text(-0.0) == "-0.0")
    #expect(try text(Float(0.1)) == "0.1")
    #expect(try text(Double.nan) == "NaN")
    #expect(try text(Double.infinity) == "Infinity")
    #expect(try text(-Float.infinity) == "-Infinity")
    #expect(try text("ü \"\\\n\u{1}🚀") == #""ü \"\\\n\u0001🚀""#)
    #expect(try text(Int?.none) == "null")
    #expect(try text(Int??.some(.some(4))) == "4")
    #expect(try text(Nothing()) == "null")
  }

  @Test func `Python's own types are written with their names`() throws {
    let time = try #require(Timestamp(iso8601: "2026-01-02T03:04:05.678+00:00"))
    let uuid = try #require(UUID(uuidString: "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"))

    #expect(
      try text(time)
        == #"{"__type__": "datetime", "__value__": "2026-01-02T03:04:05.678000+00:00"}"#)
    #expect(try text(Date(time)) == text(time))
    #expect(
      try text(uuid)
        == #"{"__type__": "uuid", "__value__": {"hex": "6ba7b8109dad11d180b400c04fd430c8"}}"#)
    #expect(
      try text(Decimal(string: "-0.25")) == #"{"__type__": "decimal", "__value__": "-0.25"}"#)
    #expect(
      try text(Data([0, 255, 254, 128])) == #"{"__type__": "base64", "__value__": "AP/+gA=="}"#)
    #expect(try text(URL(string: "https://a.b/c?d=%20")) == #""https://a.b/c?d=%20""#)
  }

  @Test func `values come back as they were`() throws {
    try roundTrip(Order.sample)
    try roundTrip([Order.sample, Order.sample])
    try roundTrip(["a": Order.sample])
    try roundTrip([1: "one", -2: "two"])
    try roundTrip([Shape.circle(radius: 1.5), .label("x", at: [1, 2]), .empty])
    try roundTrip([Color.red: 1, .green: 2])
    try roundTrip([UUID(): Decimal(string: "0.1")])
    try roundTrip([Int?.none, 1, nil])
    try roundTrip([[[Int]]]([[], [[]], [[1], [2, 3]]]))
    try roundTrip(Int128.min)
    try roundTrip(UInt128.max)
    try roundTrip(Wide(signed: .min, unsigned: .max, list: [.max], both: [.min: .max]))
    try roundTrip(Date(timeIntervalSince1970: 1_795_340_918.170531))
    try roundTrip(Data(repeating: 7, count: 1000))
    try roundTrip(URL(string: "redis://h:1/3"))
    try roundTrip(Empty())
    try roundTrip("")
    try roundTrip(Set(["a", "b"]))
    try roundTrip(-0.0)
    try roundTrip(Timestamp.distantPast)
  }

  @Test func `a class writes its ancestor's part beside its own`() throws {
    let dog = Dog(name: "Rex", legs: 3)

    let bytes = try WireCoding.encode(dog)
    let copy = try WireCoding.decode(Dog.self, from: bytes)

    #expect(String(decoding: bytes, as: UTF8.self) == #"{"name": "Rex", "super": {"legs": 3}}"#)
    #expect(copy.name == "Rex")
    #expect(copy.legs == 3)
  }

  @Test func `containers inside containers are filled in any order`() throws {
    let value = Interleaved()

    #expect(
      try text(value) == #"{"list": [1, {"deep": [2, null]}, [3]], "object": {"a": 1, "b": null}}"#)
    try roundTrip(value)
  }

  @Test func `any doubles and integers come back to the last bit`() throws {
    var generator = SeededGenerator(seed: 5)

    for _ in 0..<5000 {
      let double = Double(bitPattern: generator.next())
      let integer = Int128(truncatingIfNeeded: generator.next()) << 64 | Int128(generator.next())
      guard !double.isNaN else { continue }
      let values = Numbers(
        double: double, float: Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())),
        wide: integer, narrow: Int8(truncatingIfNeeded: integer))
      let copy = try WireCoding.decode(Numbers.self, from: WireCoding.encode(values))
      #expect(copy.double.bitPattern == values.double.bitPattern)
      #expect(copy.float == values.float || values.float.isNaN)
      #expect(copy.wide == values.wide)
      #expect(copy.narrow == values.narrow)
    }
  }

  @Test func `any text comes back`() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<2000 {
      let scalars = (0..<Int.random(in: 0...8, using: &generator)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...0x1_10FF, using: &generator))
      }
      try roundTrip(String(String.UnicodeScalarView(scalars)))
    }
  }

  @Test(arguments: [
    (#"{"__type__": "uuid", "__value__": {"hex": "éééééééééééééééé"}}"#),
    (#"{"__type__": "uuid", "__value__": {"hex": "6ba7b8109dad11d180b400c04fd430c"}}"#),
    (#"{"__type__": "uuid", "__value__": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}"#),
    (#"{"__type__": "decimal", "__value__": "1.5 and more"}"#),
    (#"{"__type__": "decimal", "__value__": "0x10"}"#),
    (#"{"__type__": "decimal", "__value__": [1]}"#),
    (#"{"__type__": "datetime", "__value__": "soon"}"#),
    (#"{"__type__": "datetime", "__value__": 5}"#),
    (#"{"__type__": "base64", "__value__": "AP/+gA"}"#),
    (#"{"__type__": "unknown", "__value__": "1"}"#),
    (#"{"__type__": "uuid"}"#), (#"{"__value__": "1"}"#), (#"{"__type__": 1, "__value__": "1"}"#),
    ("true"), ("[]"), ("{}"), ("null"), (#""text""#),
  ])
  func `what is no such value is refused`(json: String) {
    let bytes = Array(json.utf8)

    #expect(throws: DecodingError.self) { try WireCoding.decode(UUID.self, from: bytes) }
    #expect(throws: DecodingError.self) { try WireCoding.decode(Decimal.self, from: bytes) }
    #expect(throws: DecodingError.self) { try WireCoding.decode(Date.self, from: bytes) }
    #expect(throws: DecodingError.self) { try WireCoding.decode(Data.self, from: bytes) }
  }

  @Test func `plain JSON stands for dates, decimals and ids as well`() throws {
    #expect(
      try decoded(Date.self, #""2026-01-02T03:04:05Z""#)
        == Date(timeIntervalSince1970: 1_767_323_045))
    #expect(
      try decoded(Date.self, #"{"__type__": "date", "__value__": "2026-01-02"}"#)
        == Date(timeIntervalSince1970: 1_767_312_000))
    #expect(try decoded(Decimal.self, "1.50") == Decimal(string: "1.5"))
    #expect(try decoded(Decimal.self, #""1E+2""#) == 100)
    #expect(
      try decoded(UUID.self, #""6ba7b810-9dad-11d1-80b4-00c04fd430c8""#).uuidString
        == "6BA7B810-9DAD-11D1-80B4-00C04FD430C8")
    #expect(try decoded(Double.self, "4") == 4)
    #expect(try decoded(Int.self, "4.0") == 4)
    #expect(try decoded(Double.self, "-12345678") == -12_345_678)
  }

  @Test(arguments: [
    (#"{"id": 1}"#, "lines", "'lines' is missing"),
    (#"{"id": "x", "lines": []}"#, "id", "expected Int, found a string"),
    (
      #"{"id": 1, "lines": [{"price": 1.5, "count": 1}, {"price": "2"}]}"#, "lines.1.price",
      "expected Double, found a string"
    ),
    (#"{"id": 1, "lines": {"a": 1}}"#, "lines", "expected an array, found an object"),
    (#"{"id": 1, "lines": [[]]}"#, "lines.0", "expected an object, found an array"),
    (#"{"id": 1, "lines": [{"price": null}]}"#, "lines.0.price", "expected Double, found null"),
    (#"{"id": 300000000000000000000, "lines": []}"#, "id", "expected Int, found a number"),
    (#"{"id": true, "lines": []}"#, "id", "expected Int, found a boolean"),
  ])
  func `errors say where and what`(json: String, path: String, what: String) throws {
    var arguments = try Arguments(args: "[\(json)]")

    let error = #expect(throws: ArgumentError.self) { try arguments.next("order", as: Order.self) }

    #expect(error?.code == .wrongType)
    let place = path == "lines" && what.contains("missing") ? "" : "at '\(path)': "
    #expect(error?.description == "argument 'order' \(place)\(what)")
  }

  @Test func `reading past the end of an array is an error`() {
    #expect(throws: DecodingError.self) { try decoded(Pair.self, "[1]") }
    #expect(throws: Never.self) { try decoded(Pair.self, "[1, 2, 3]") }
  }

  @Test func `nesting as deep as messages may be costs no stack`() throws {
    let depth = JSONScanner.maximumDepth - 1
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)

    #expect(throws: Never.self) { try decoded(Nested.self, text) }
  }

  private func text(_ value: some Encodable) throws -> String {
    String(decoding: try WireCoding.encode(value), as: UTF8.self)
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
    try WireCoding.decode(type, from: Array(json.utf8))
  }

  private func roundTrip<Value: Codable & Equatable>(_ value: Value) throws {
    let bytes = try WireCoding.encode(value)
    #expect(JSONScanner.accepts(bytes), "\(bytes.shown)")
    #expect(try WireCoding.decode(Value.self, from: bytes) == value, "\(bytes.shown)")
  }
}
