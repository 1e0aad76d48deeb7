import CLinux
import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct FolderTargetTests {
  private let scratch: Scratch
  private let told = Descriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))

  init() throws {
    scratch = try Scratch()
  }

  private func target(size: Int? = nil, keep: Int = 5) throws -> FolderTarget {
    var rotation = LogRotation()
    rotation.size = size
    rotation.keep = keep
    return try FolderTarget(scratch["logs"], rotation: rotation, told: told)
  }

  private func write(_ lines: [(name: String, text: String)], to target: FolderTarget) {
    let parts = lines.map { LogPart(file: target.file(for: $0.name), count: $0.text.utf8.count) }
    let bytes = Array(lines.map(\.text).joined().utf8)
    let isRead = bytes.withUnsafeBytes { target.write($0, parts) { _ in } }
    #expect(isRead)
  }

  private func text(_ name: String) -> String? {
    let file = open(scratch["logs/" + name], O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  @Test func `each process has a file, and one has the lines of all`() throws {
    let target = try target()

    write([("web", "a\n"), ("worker.1", "b\nc\n"), ("web", "d\n")], to: target)
    write([("worker.1", "e\n")], to: target)

    #expect(text("all.log") == "a\nb\nc\nd\ne\n")
    #expect(text("web.log") == "a\nd\n")
    #expect(text("worker.1.log") == "b\nc\ne\n")
  }

  @Test func `a file that was there is gone on with`() throws {
    try write([("web", "a\n")], to: target())
    try write([("web", "b\n")], to: target())

    #expect(text("web.log") == "a\nb\n")
  }

  @Test func `a file that grows too large is put aside, and the oldest goes`() throws {
    let target = try target(size: 10, keep: 2)

    for text in ["one\n", "two\n", "three\n", "four\n", "five\n", "six\n"] {
      write([("web", text)], to: target)
    }

    #expect(text("web.log") == "six\n")
    #expect(text("web.log.1") == "four\nfive\n")
    #expect(text("web.log.2") == "three\n")
    #expect(text("web.log.3") == nil)
  }

  @Test func `renamed by somebody else, a file is made anew when that is told`() throws {
    let target = try target()
    write([("web", "a\n")], to: target)
    try scratch.move("logs/web.log", to: "logs/web.old")
    write([("web", "b\n")], to: target)

    target.reopen()
    target.refresh()
    write([("web", "c\n")], to: target)

    #expect(text("web.old") == "a\nb\n")
    #expect(text("web.log") == "c\n")
  }

  @Test(arguments: [true, false])
  func `a folder that was taken away is made again`(whenTold: Bool) throws {
    let target = try target(size: 10)
    write([("web", "a\nb\nc\n")], to: target)
    for name in ["all.log", "web.log"] { try scratch.remove("logs/" + name) }
    rmdir(scratch["logs"])

    if whenTold {
      target.reopen()
      target.refresh()
    }
    write([("web", "d\ne\nf\n")], to: target)

    #expect(target.takeNews() == [])
    #expect(text("web.log") == "d\ne\nf\n")
    #expect(text("all.log") == "d\ne\nf\n")
  }

  @Test func `a disk that is full is told once, and once when it is not any more`() throws {
    let target = try target()
    try scratch.link("logs/web.log", to: "/dev/full")
    write([("web", "a\nb\n")], to: target)
    write([("web", "c\n"), ("other", "d\n")], to: target)
    let path = scratch["logs/web.log"]
    #expect(
      target.takeNews() == [
        "\(path): No space left on device; log lines are missing there until it is mended"
      ])

    try scratch.remove("logs/web.log")
    target.reopen()
    target.refresh()
    write([("web", "e\n")], to: target)

    let folder = scratch["logs"]
    #expect(
      target.takeNews() == [
        "\(folder): log files are written again; 3 lines are missing in them"
      ])
    #expect(text("web.log") == "e\n")
    #expect(text("all.log") == "a\nb\nc\nd\ne\n")
  }

  @Test func `a folder that cannot be made is an error`() throws {
    try scratch.write("logs", "not a folder")

    #expect(throws: SystemError.self) { try target() }
  }
}
