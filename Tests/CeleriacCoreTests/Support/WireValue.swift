import CeleriacCore
import CeleriacSchedule
import Foundation

/// Any value of a message, read through `Codable` into the Swift type that its form calls for.
indirect enum WireValue: Codable, Sendable {
  case null
  case bool(Bool)
  /// Both readings of a number; as an integer only if it is one.
  case number(Int128?, Double)
  case string(String)
  case list([WireValue])
  case dict([String: WireValue])
  case instant(Timestamp)
  case uuid(UUID)
  case decimal(Decimal)
  case bytes(Data)
  /// A tagged value that Swift has no type for.
  case other(type: String, text: String)

  private enum Tag: String, CodingKey {
    case type = "__type__"
    case value = "__value__"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(try? container.decode(Int128.self), value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([WireValue].self) {
      self = .list(value)
    } else {
      let members = try container.decode([String: WireValue].self)
      guard members.count == 2, members["__value__"] != nil,
        case .string(let type)? = members["__type__"]
      else {
        self = .dict(members)
        return
      }
      switch type {
      case "datetime", "date": self = .instant(try container.decode(Timestamp.self))
      case "uuid": self = .uuid(try container.decode(UUID.self))
      case "decimal": self = .decimal(try container.decode(Decimal.self))
      case "bytes", "base64": self = .bytes(try container.decode(Data.self))
      default:
        let tagged = try decoder.container(keyedBy: Tag.self)
        self = .other(type: type, text: try tagged.decode(String.self, forKey: .value))
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "only read"))
  }
}

extension WireValue {
  /// Whether this is the value that stands in the manifest, with its type.
  func matches(_ expected: JSONValue) -> Bool {
    guard let (form, value) = expected.object.first else { return false }
    switch (self, form) {
    case (.null, "null"): return true
    case (.bool(let bool), "bool"): return value == .bool(bool)
    case (.number(let integer, _), "int"):
      return value.string.flatMap { Int128($0) } == integer && integer != nil
    case (.number(_, let double), "float"):
      guard let expected = value.string.flatMap({ Double($0) }) else { return false }
      return expected.isNaN ? double.isNaN : expected.bitPattern == double.bitPattern
    case (.string(let text), "string"): return value.string == text
    case (.string(let text), "utf16"):
      let units = value.array.compactMap { $0.string.flatMap { UInt16($0, radix: 16) } }
      return text == String(decoding: units, as: UTF16.self)
    case (.list(let elements), "list"):
      return elements.count == value.array.count
        && zip(elements, value.array).allSatisfy { $0.matches($1) }
    case (.dict(let members), "dict"):
      return members.count == value.object.count
        && members.allSatisfy { key, member in value.object[key].map(member.matches) ?? false }
    case (.instant(let time), "datetime"), (.instant(let time), "date"):
      return value.string.flatMap { Timestamp(iso8601: $0) } == time
    case (.uuid(let uuid), "uuid"): return value.string.flatMap { UUID(uuidString: $0) } == uuid
    case (.decimal(let decimal), "decimal"):
      return value.string.flatMap { Decimal(string: $0) } == decimal
    case (.bytes(let bytes), "bytes"):
      return value.string == bytes.map { String(format: "%02x", $0) }.joined()
    case (.other(let type, let text), "time"): return type == "time" && value.string == text
    default: return false
    }
  }
}
