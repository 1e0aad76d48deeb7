/// Reads a compiled file of the zone database: TZif, RFC 9636, versions 1 to 4.
///
///     header │ data of 32 bits │ header │ data of 64 bits │ \n rule of later years \n
///
/// Version 1 ends after its data; from 2 on, these are only for old readers and skipped.
struct TZifReader {
  /// What is wrong with the file.
  struct Malformed: Error {
    let detail: String
  }

  private var rest: ArraySlice<UInt8>

  static func read(_ bytes: [UInt8]) throws(Malformed) -> ZoneTable {
    var reader = TZifReader(rest: bytes[...])
    let header = try reader.header()
    guard header.version >= 2 else { return try reader.table(header, timeSize: 4, rule: nil) }

    _ = try reader.take(header.dataSize(timeSize: 4))
    let second = try reader.header()
    var footer = reader
    _ = try footer.take(second.dataSize(timeSize: 8))
    return try reader.table(second, timeSize: 8, rule: try footer.footer())
  }

  private struct Header {
    let version: Int
    let utcCount, standardCount, leapCount, timeCount, typeCount, nameSize: Int

    func dataSize(timeSize: Int) -> Int {
      timeCount * (timeSize + 1) + typeCount * 6 + nameSize + leapCount * (timeSize + 4)
        + standardCount + utcCount
    }
  }

  private mutating func header() throws(Malformed) -> Header {
    guard try take(4).elementsEqual("TZif".utf8) else {
      throw Malformed(detail: "does not start with 'TZif'")
    }
    let version = try take(1).first == 0 ? 1 : 2
    _ = try take(15)
    return Header(
      version: version,
      utcCount: Int(try number(4)), standardCount: Int(try number(4)),
      leapCount: Int(try number(4)), timeCount: Int(try number(4)),
      typeCount: Int(try number(4)), nameSize: Int(try number(4)))
  }

  private mutating func table(
    _ header: Header, timeSize: Int, rule: YearlyRule?
  ) throws(Malformed) -> ZoneTable {
    guard header.leapCount == 0 else { throw Malformed(detail: "counts leap seconds") }
    var times = TZifReader(rest: try take(header.timeCount * timeSize))
    let types = try take(header.timeCount)
    let offsets = try offsets(count: header.typeCount)

    var changes: [ZoneTable.Change] = []
    changes.reserveCapacity(header.timeCount)
    for type in types {
      let time = try times.number(timeSize)
      guard Int(type) < offsets.count, time > changes.last?.at ?? .min else {
        throw Malformed(detail: "has changes out of order")
      }
      changes.append(
        ZoneTable.Change(at: max(time, ZonePeriod.beginning), offset: offsets[Int(type)]))
    }
    return ZoneTable(firstOffset: offsets[0], changes: changes, rule: rule)
  }

  private mutating func offsets(count: Int) throws(Malformed) -> [Int] {
    guard count > 0 else { throw Malformed(detail: "has no local time") }
    var offsets: [Int] = []
    for _ in 0..<min(count, 256) {
      let offset = try number(4)
      guard -ZonePeriod.largestOffset < offset, offset < ZonePeriod.largestOffset else {
        throw Malformed(detail: "has a local time more than a day from UTC")
      }
      _ = try take(2)
      offsets.append(Int(offset))
    }
    return offsets
  }

  private mutating func footer() throws(Malformed) -> YearlyRule? {
    guard rest.first == UInt8(ascii: "\n"),
      let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
    else { throw Malformed(detail: "has no footer") }
    let text = rest.dropFirst()[..<end]
    guard !text.isEmpty else { return nil }
    guard let rule = YearlyRuleReader.read(text) else {
      throw Malformed(
        detail: "has a footer that is no rule: '\(String(decoding: text, as: UTF8.self))'")
    }
    return rule
  }

  /// A signed number, most significant byte first.
  private mutating func number(_ size: Int) throws(Malformed) -> Int64 {
    let bytes = try take(size)
    let isNegative = (bytes.first ?? 0) >= 0x80
    return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
  }

  private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard 0...rest.count ~= count else { throw Malformed(detail: "ends too early") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
