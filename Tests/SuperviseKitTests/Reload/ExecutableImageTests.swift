import CLinux
import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ExecutableImageTests {
  let scratch: Scratch
  let bytes: [UInt8]

  init() throws {
    scratch = try Scratch()
    bytes = try executableBytes()
  }

  @Test func `a complete executable is proven and keeps its build-id`() throws {
    try scratch.write("demo", bytes, mode: 0o755)

    let image = try #require(proven("demo"))

    #expect(image.file == FileIdentity(path: scratch["demo"]))
    #expect(image.isIntact)
    #expect(image.buildID?.count == 20)
    #expect(fcntl(image.descriptor, F_GETFD) == FD_CLOEXEC)
  }

  @Test func `an open writer keeps a file from being proven until it closes`() throws {
    try scratch.write("demo", bytes, mode: 0o755)
    let writer = open(scratch["demo"], O_WRONLY | O_CLOEXEC)

    let isBusy = prove("demo").isBusy
    close(writer)

    #expect(isBusy)
    #expect(proven("demo") != nil)
  }

  @Test func `a shared writable mapping counts as a writer after its descriptor is closed`() throws
  {
    try scratch.write("demo", bytes, mode: 0o755)
    let writer = open(scratch["demo"], O_RDWR | O_CLOEXEC)
    let mapping = mmap(nil, bytes.count, PROT_READ | PROT_WRITE, MAP_SHARED, writer, 0)
    close(writer)

    let isBusy = prove("demo").isBusy
    munmap(mapping, bytes.count)

    #expect(isBusy)
    #expect(proven("demo") != nil)
  }

  @Test func `a writer that comes while a lease is held waits, and its signal ends nobody`() throws
  {
    try scratch.write("demo", bytes, mode: 0o755)
    let reader = open(scratch["demo"], O_RDONLY | O_CLOEXEC)
    defer { close(reader) }
    #expect(cel_lease(reader) == 0)

    let early = open(scratch["demo"], O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    let reason = errno
    cel_lease_end(reader)
    let late = open(scratch["demo"], O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    close(late)

    #expect(early == -1)
    #expect(reason == EWOULDBLOCK)
    #expect(late >= 0)
  }

  @Test func `a missing executable is missing`() {
    #expect(prove("demo").isMissing)
    #expect(prove("no/such/folder/demo").isMissing)
  }

  @Test func `what begins with #! is a script, all else that is no ELF file is not`() throws {
    try scratch.write("run", "#!/bin/sh\nexit 0\n", mode: 0o755)
    try scratch.write("forbidden", "#!/bin/sh\nexit 0\n", mode: 0o644)
    try scratch.write("text", "echo no\n", mode: 0o755)
    try scratch.write("one", "#", mode: 0o755)

    #expect(prove("run").isScript)
    #expect(prove("forbidden").reason == "it is not executable")
    #expect(prove("text").isNeither)
    #expect(prove("one").isNeither)
  }

  @Test(arguments: [0.1, 0.5, 0.99])
  func `a file that is cut off is unfinished`(share: Double) throws {
    try scratch.write("demo", Array(bytes[..<Int(Double(bytes.count) * share)]), mode: 0o755)

    #expect(prove("demo").reason?.contains("outside the file") == true)
  }

  @Test func `a file of full size with a blank rest is unfinished`() throws {
    var half = bytes
    for index in half.indices.dropFirst(bytes.count / 2) { half[index] = 0 }
    try scratch.write("demo", half, mode: 0o755)

    #expect(prove("demo").reason == "the section table is blank")
  }

  @Test func `a file that was only given its size is unfinished`() throws {
    try scratch.write("demo", [UInt8](repeating: 0, count: bytes.count), mode: 0o755)

    #expect(prove("demo").reason == "the header is blank")
  }

  @Test func `what cannot be executed is said to be so`() throws {
    try scratch.write("demo", bytes, mode: 0o644)
    try scratch.write("empty", "", mode: 0o755)
    try scratch.makeDirectory("folder")
    try scratch.write("foreign", foreign(bytes), mode: 0o755)

    #expect(prove("demo").reason == "it is not executable")
    #expect(prove("empty").reason == "it is empty")
    #expect(prove("folder").reason == "it is no regular file")
    #expect(prove("foreign").reason?.contains("another machine") == true)
  }

  @Test func `equal bytes in another file are the same build`() throws {
    try scratch.write("demo", bytes, mode: 0o755)
    let first = try #require(proven("demo"))
    try scratch.relink("demo", bytes)
    let second = try #require(proven("demo"))

    #expect(first.file != second.file)
    #expect(first.hasSameBytes(as: second))
  }

  @Test func `one other byte near the end makes another build`() throws {
    try scratch.write("demo", bytes, mode: 0o755)
    let first = try #require(proven("demo"))
    var other = bytes
    other[bytes.count - 1] ^= 1
    try scratch.relink("demo", other)
    let second = try #require(proven("demo"))

    #expect(first.file.size == second.file.size)
    #expect(!first.hasSameBytes(as: second))
  }

  @Test func `an image outlives its path and starts from its descriptor`() throws {
    try scratch.write("demo", bytes, mode: 0o755)
    let image = try #require(proven("demo"))
    try scratch.remove("demo")

    #expect(image.isIntact)
    #expect(try exitCode(of: "/proc/self/fd/\(image.descriptor)") == 0)
  }

  private func prove(_ name: String) -> ExecutableProof {
    ExecutableImage.prove(path: scratch[name])
  }

  private func proven(_ name: String) -> ExecutableImage? {
    if case .proven(let image) = prove(name) { image } else { nil }
  }

  private func foreign(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[18] = 2
    return bytes
  }

  private func exitCode(of path: String) throws -> Int32 {
    let child = start(path, ["demo"])
    try #require(child > 0)
    var status: Int32 = 0
    try #require(waitpid(child, &status, 0) == child)
    return status >> 8
  }

  private func start(_ path: String, _ arguments: [String]) -> pid_t {
    var child: pid_t = 0
    var argv = arguments.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    return posix_spawn(&child, path, nil, nil, &argv, nil) == 0 ? child : -1
  }
}

extension ExecutableProof {
  var isBusy: Bool { if case .busy = self { true } else { false } }
  var isMissing: Bool { if case .missing = self { true } else { false } }
  var isScript: Bool { if case .script = self { true } else { false } }
  var isNeither: Bool { if case .neither = self { true } else { false } }
  var reason: String? { if case .unfinished(let reason) = self { reason } else { nil } }
}
