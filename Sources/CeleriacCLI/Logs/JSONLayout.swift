import CeleriacCore
import Logging

/// The layout for machines: one JSON object a line.
enum JSONLayout {
  static func line(_ entry: LogEntry) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(256)
    line += #"{"ts":""#.utf8
    line += entry.time.description.utf8
    line += #"","level":""#.utf8
    line += entry.level.rawValue.utf8
    line += #"","logger":"#.utf8
    line.append(jsonString: entry.label)
    line += #","message":"#.utf8
    line.append(jsonString: entry.message)
    line += #","metadata":"#.utf8
    append(entry.orderedMetadata, to: &line)
    line += "}\n".utf8
    return line
  }

  private static func append(
    _ members: [(key: String, value: Logger.MetadataValue)], to line: inout [UInt8]
  ) {
    line.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      line.append(jsonString: member.key)
      line.append(UInt8(ascii: ":"))
      append(member.value, to: &line)
    }
    line.append(UInt8(ascii: "}"))
  }

  private static func append(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
    switch value {
    case .string(let text):
      line.append(jsonString: text)
    case .stringConvertible(let value):
      line.append(jsonString: value.description)
    case .dictionary(let members):
      append(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, to: &line)
    case .array(let values):
      line.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        append(value, to: &line)
      }
      line.append(UInt8(ascii: "]"))
    }
  }
}
