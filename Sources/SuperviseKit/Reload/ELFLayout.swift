/// Where the tables of an ELF file lie, as its header says.
///
/// A linker writes the file in an order of its own, so a header proves nothing by itself; tables
/// that lie outside the file, or a section table of zeros, prove that it is not complete.
struct ELFLayout: Equatable, Sendable {
  /// Why a file is no executable that this machine can start, or not yet.
  enum Problem: Error, Equatable {
    /// The first bytes are not ELF's.
    case notELF
    /// Something is missing that the header promises.
    case unfinished(String)
    /// Complete perhaps, but for another machine.
    case foreign(machine: UInt16)
  }

  /// A run of entries of one size.
  struct Table: Equatable, Sendable {
    let offset: UInt64
    let entrySize: UInt64
    let count: UInt64

    /// Whether the table ends before the file does.
    func fits(in fileSize: UInt64) -> Bool {
      let (length, tooLong) = entrySize.multipliedReportingOverflow(by: count)
      let (end, tooFar) = offset.addingReportingOverflow(length)
      return !tooLong && !tooFar && end <= fileSize
    }
  }

  static let headerSize = 64

  let programs: Table
  let sections: Table

  /// Reads the first bytes of a file; ``headerSize`` of them are enough.
  init(header: [UInt8], fileSize: UInt64) throws(Problem) {
    guard header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      // The linker sets the size of the file before it writes the first byte.
      let isBlank = header.allSatisfy { $0 == 0 }
      throw isBlank ? .unfinished("the header is blank") : .notELF
    }
    guard header.count >= Self.headerSize else { throw .unfinished("the header is cut off") }
    let bytes = LittleEndian(header)
    let machine = UInt16(bytes.number(at: 18, size: 2))
    guard header[4] == 2, header[5] == 1, machine == Self.nativeMachine else {
      throw .foreign(machine: machine)
    }
    programs = Table(
      offset: bytes.number(at: 32, size: 8), entrySize: bytes.number(at: 54, size: 2),
      count: bytes.number(at: 56, size: 2))
    sections = Table(
      offset: bytes.number(at: 40, size: 8), entrySize: bytes.number(at: 58, size: 2),
      count: bytes.number(at: 60, size: 2))
    guard programs.count > 0, programs.fits(in: fileSize) else {
      throw .unfinished("the program table lies outside the file")
    }
    guard sections.fits(in: fileSize) else {
      throw .unfinished("the section table lies outside the file")
    }
  }

  /// Whether the section table has been written: all zero means that it has not.
  ///
  /// Its first entry is zero by rule, so that the second one decides.
  static func isWritten(sectionTable: [UInt8], entrySize: Int) -> Bool {
    sectionTable.dropFirst(entrySize).contains { $0 != 0 }
  }

  private static var nativeMachine: UInt16 {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #elseif arch(riscv64)
      243
    #else
      #error("the ELF number of this machine is not known here")
    #endif
  }
}

/// Numbers as they lie in files of the machines that Swift runs on.
struct LittleEndian {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The number of `size` bytes at an offset inside the bytes.
  func number(at offset: Int, size: Int) -> UInt64 {
    bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension ELFLayout {
  /// One entry of the program table: a piece of the file that is mapped or read.
  struct Segment: Equatable, Sendable {
    let type: UInt64
    let offset: UInt64
    let size: UInt64

    static let notes: UInt64 = 4
    static let entrySize = 56

    init(entry: [UInt8]) {
      let bytes = LittleEndian(entry)
      type = bytes.number(at: 0, size: 4)
      offset = bytes.number(at: 8, size: 8)
      size = bytes.number(at: 32, size: 8)
    }
  }

  /// The build-id among the notes of a segment, when the linker left one.
  static func buildID(inNotes notes: [UInt8]) -> [UInt8]? {
    let bytes = LittleEndian(notes)
    var offset = 0
    while offset + 12 <= notes.count {
      let nameSize = Int(bytes.number(at: offset, size: 4))
      let size = Int(bytes.number(at: offset + 4, size: 4))
      let type = bytes.number(at: offset + 8, size: 4)
      let name = offset + 12
      let content = name + (nameSize + 3) / 4 * 4
      guard content + size <= notes.count else { return nil }
      if type == 3, notes[name..<name + nameSize].elementsEqual("GNU\0".utf8) {
        return Array(notes[content..<content + size])
      }
      offset = content + (size + 3) / 4 * 4
    }
    return nil
  }
}
