import Foundation
import Testing

/// A golden file, and what Celery itself understands in it.
struct Fixture: Sendable, CustomTestStringConvertible {
  let file: String
  let key: String
  let bytes: [UInt8]
  let expected: JSONValue

  var testDescription: String { file }

  /// The file's own JSON, read by another parser than the one under test.
  var document: JSONValue {
    get throws { try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }
  }

  /// Whether the body is in a form that is not read: pickled or compressed.
  var isUnsupported: Bool {
    expected["refused"] == true || expected["headers"]["compression"] != .null
  }
}

/// The golden files under `Tests/Fixtures`, as its manifest lists them.
enum Fixtures {
  static let messages = list("messages")
  static let results = list("results")

  static func message(_ name: String) throws -> Fixture {
    try #require(messages.first { $0.file == "messages/\(name).json" })
  }

  static func result(_ name: String) throws -> Fixture {
    try #require(results.first { $0.file == "results/\(name).json" })
  }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  // Test arguments cannot be thrown for: without its fixtures the suite must not run at all.
  private static func list(_ kind: String) -> [Fixture] {
    do {
      let manifest = try JSONDecoder().decode(
        JSONValue.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
      return try manifest[kind].array.map { entry in
        let file = entry["file"].string ?? ""
        return Fixture(
          file: file, key: entry["key"].string ?? "",
          bytes: Array(try Data(contentsOf: folder.appending(path: file))),
          expected: entry["expected"])
      }
    } catch {
      preconditionFailure("the golden files cannot be read: \(error)")
    }
  }
}

/// Any JSON value, read by Foundation.
indirect enum JSONValue: Sendable, Equatable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// A member of an object; null where there is none.
  subscript(key: String) -> JSONValue { object[key] ?? .null }

  var object: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
  var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

extension JSONValue: ExpressibleByBooleanLiteral {
  init(booleanLiteral value: Bool) { self = .bool(value) }
}
