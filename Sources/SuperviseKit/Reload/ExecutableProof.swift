import CLinux
import Glibc

/// What became of the attempt to prove that an executable is complete.
enum ExecutableProof {
  /// Complete: processes may be started from it.
  case proven(ExecutableImage)
  /// Somebody still writes it; ask again in ``ExecutableProof/retryDelay``.
  case busy
  /// Nothing is there: the build was cleaned away or failed in its link step.
  case missing
  /// Nobody writes it, and yet it cannot be started; the text says why.
  case unfinished(String)
  /// Complete, and begins with `#!`: it can only be started by its path.
  case script(FileIdentity)
  /// Neither an ELF file nor a script; a shell may make something of it, or whoever maps it.
  case neither(FileIdentity)

  /// How long to wait before asking again about a file that is being written.
  static let retryDelay = Duration.milliseconds(20)
  /// How long a file may be written before it is given up until its next change.
  static let patience = Duration.seconds(5)
}

extension ExecutableImage {
  /// Opens the executable at a path and proves that whoever wrote it is through.
  ///
  /// The size says nothing (linkers set it first), nor does the header, nor that it starts: a
  /// file that still lacks its rest starts and dies. What counts is that nobody has it open for
  /// writing, and that then its tables are where the header says.
  static func prove(path: String) -> ExecutableProof {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      return [ENOENT, ENOTDIR].contains(errno) ? .missing : .unfinished(errorText())
    }
    let proof = prove(path: path, descriptor: descriptor)
    if case .proven = proof {} else { close(descriptor) }
    return proof
  }

  private static func prove(path: String, descriptor: Int32) -> ExecutableProof {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .unfinished(errorText()) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .unfinished("it is no regular file") }
    switch cel_lease(descriptor) {
    case 0: cel_lease_end(descriptor)
    case EAGAIN: return .busy
    default:
      // Another user's file, or a file system without leases: the tables have to do.
      break
    }
    // The state after the proof, for the writer's last byte may have come between the two.
    guard fstat(descriptor, &status) == 0 else { return .unfinished(errorText()) }
    let file = FileIdentity(status)
    let buildID: [UInt8]?
    do throws(ELFLayout.Problem) {
      buildID = try inspect(descriptor, size: file.size)
    } catch {
      switch error {
      case .notELF: return proof(ofText: descriptor, status, path: path)
      case .unfinished(let reason): return .unfinished(reason)
      case .foreign(let machine):
        return .unfinished("it is built for another machine (ELF number \(machine))")
      }
    }
    guard status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH) != 0 else {
      return .unfinished("it is not executable")
    }
    guard let now = FileIdentity(path: path) else { return .missing }
    guard now == file else { return .busy }
    return .proven(
      ExecutableImage(path: path, file: file, buildID: buildID, descriptor: descriptor))
  }

  /// What can be told of a file that is no ELF file: whether the kernel looks for an interpreter.
  private static func proof(
    ofText descriptor: Int32, _ status: stat, path: String
  ) -> ExecutableProof {
    let file = FileIdentity(status)
    guard let now = FileIdentity(path: path) else { return .missing }
    guard now == file else { return .busy }
    guard readBytes(descriptor, count: 2, at: 0) == Array("#!".utf8) else { return .neither(file) }
    guard status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH) != 0 else {
      return .unfinished("it is not executable")
    }
    return .script(file)
  }

  /// Checks header and tables of the file, and looks for its build-id.
  private static func inspect(
    _ descriptor: Int32, size: Int64
  ) throws(ELFLayout.Problem) -> [UInt8]? {
    guard size > 0 else { throw .unfinished("it is empty") }
    let headerSize = min(Int(size), ELFLayout.headerSize)
    guard let header = readBytes(descriptor, count: headerSize, at: 0) else {
      throw .unfinished("it cannot be read")
    }
    let layout = try ELFLayout(header: header, fileSize: UInt64(size))
    if layout.sections.count > 1 {
      guard let sections = readBytes(descriptor, table: layout.sections),
        ELFLayout.isWritten(
          sectionTable: sections, entrySize: Int(layout.sections.entrySize))
      else { throw .unfinished("the section table is blank") }
    }
    guard let programs = readBytes(descriptor, table: layout.programs) else {
      throw .unfinished("the program table cannot be read")
    }
    return buildID(descriptor, size: size, programs: programs)
  }

  private static func buildID(
    _ descriptor: Int32, size: Int64, programs: [UInt8]
  ) -> [UInt8]? {
    let entrySize = ELFLayout.Segment.entrySize
    for start in stride(from: 0, through: programs.count - entrySize, by: entrySize) {
      let segment = ELFLayout.Segment(entry: Array(programs[start..<start + entrySize]))
      guard segment.type == ELFLayout.Segment.notes,
        segment.size < 1 << 16, segment.offset < UInt64(size),
        let notes = readBytes(
          descriptor, count: Int(segment.size), at: Int64(segment.offset)),
        let id = ELFLayout.buildID(inNotes: notes)
      else { continue }
      return id
    }
    return nil
  }
}

private func readBytes(_ descriptor: Int32, table: ELFLayout.Table) -> [UInt8]? {
  readBytes(
    descriptor, count: Int(table.entrySize * table.count), at: Int64(table.offset))
}
