import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct OutputWatcherTests {
  let scratch: Scratch
  let link: String
  let demo: String

  init() throws {
    scratch = try Scratch()
    link = scratch[".build/debug"]
    demo = scratch[".build/debug/demo"]
  }

  @Test func `a rebuild shows as removed, appeared, written, and the link last`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.relink(".build/x86/debug/demo", [1])
    try remakeLink()

    #expect(
      try events(of: watcher)
        == [.removed(demo), .appeared(demo), .written(demo), .linked(link)])
  }

  @Test func `only the directories on the way are watched`() throws {
    try makeOutput()
    try scratch.makeDirectory(".build/x86/debug/Modules/deep")

    let watcher = try watch(".build/debug/demo")

    #expect(
      watcher.watchedDirectories
        == ["", "/.build", "/.build/x86", "/.build/x86/debug"].map { scratch.path + $0 })
  }

  @Test func `a file beside the executable is of no interest`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.write(".build/x86/debug/demo.d", "x")
    try scratch.write(".build/build.db", "x")

    #expect(waitUntilReadable(watcher.fileDescriptor))
    #expect(try watcher.drain() == [])
  }

  @Test func `an executable moved over the old one is replaced in one step`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.write(".build/x86/debug/demo.tmp1", [1], mode: 0o755)
    try scratch.move(".build/x86/debug/demo.tmp1", to: ".build/x86/debug/demo")
    let first = try events(of: watcher)
    try scratch.write(".build/x86/debug/demo.tmp2", [2], mode: 0o755)
    try scratch.move(".build/x86/debug/demo.tmp2", to: ".build/x86/debug/demo")

    #expect(first == [.replaced(demo)])
    #expect(try events(of: watcher) == [.replaced(demo)])
  }

  @Test func `one moved to where the linker has taken the old one away is only written`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.write(".build/x86/debug/demo.tmp1", [1], mode: 0o755)
    try scratch.remove(".build/x86/debug/demo")
    try scratch.move(".build/x86/debug/demo.tmp1", to: ".build/x86/debug/demo")

    #expect(try events(of: watcher) == [.removed(demo), .written(demo)])
  }

  @Test func `a build that changes nothing shows the link alone`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try remakeLink()

    #expect(try events(of: watcher) == [.linked(link)])
  }

  @Test func `the gap between the old link and the new one is no loss of the executable`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.remove(".build/debug")
    let gap = try events(of: watcher)
    try scratch.relink(".build/x86/debug/demo", [1])
    let relinked = try events(of: watcher)
    try scratch.link(".build/debug", to: "x86/debug")
    let linked = try events(of: watcher)

    #expect(gap == [])
    #expect(relinked == [.removed(demo), .appeared(demo), .written(demo)])
    #expect(linked == [.linked(link)])
  }

  @Test func `the first build is seen from the package's directory`() throws {
    let watcher = try watch(".build/debug/demo")
    #expect(watcher.watchedDirectories == [scratch.path])

    try makeOutput()

    #expect(try events(of: watcher).suffix(2) == [.written(demo), .linked(link)])
  }

  @Test func `each step of the first build is followed, one at a time`() throws {
    let watcher = try watch(".build/debug/demo")
    var seen: [OutputEvent] = []

    try scratch.makeDirectory(".build")
    seen += try events(of: watcher)
    try scratch.makeDirectory(".build/x86/debug")
    try scratch.link(".build/debug", to: "x86/debug")
    seen += try events(of: watcher)
    try scratch.write(".build/x86/debug/demo", [1], mode: 0o755)
    seen += try events(of: watcher)

    #expect(seen == [.linked(link), .appeared(demo), .written(demo)])
  }

  @Test func `output that is removed and built again is found again`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.removeTree(".build")
    let removed = try events(of: watcher)
    let left = watcher.watchedDirectories
    try makeOutput(content: [1, 2])
    let rebuilt = try events(of: watcher)

    #expect(Set(removed) == [.removed(demo)])
    #expect(left == [scratch.path])
    #expect(rebuilt == [.written(demo), .linked(link)])
  }

  @Test func `output that is moved away is given up, and what takes its place is seen`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")

    try scratch.move(".build", to: "old")
    #expect(try events(of: watcher) == [.removed(demo)])
    try scratch.write("old/x86/debug/demo", [9], mode: 0o755)
    try makeOutput(content: [1, 2])

    #expect(try events(of: watcher) == [.written(demo), .linked(link)])
  }

  @Test func `a link that leads elsewhere leads to the executable there`() throws {
    try makeOutput()
    try scratch.makeDirectory(".build/x86/other")
    try scratch.write(".build/x86/other/demo", [1, 2, 3], mode: 0o755)
    let watcher = try watch(".build/debug/demo")

    try scratch.remove(".build/debug")
    try scratch.link(".build/debug", to: scratch[".build/x86/other"])
    let moved = try events(of: watcher)
    try scratch.relink(".build/x86/other/demo", [4])
    let relinked = try events(of: watcher)

    #expect(moved == [.written(demo), .linked(link)])
    #expect(relinked == [.removed(demo), .appeared(demo), .written(demo)])
  }

  @Test func `an executable outside of the package is watched where it lies`() throws {
    try scratch.makeDirectory("package")
    try scratch.makeDirectory("elsewhere")
    let tool = scratch["elsewhere/bin/tool"]
    let watcher = try OutputWatcher(root: scratch["package"], executables: [tool])

    try scratch.makeDirectory("elsewhere/bin")
    try scratch.write("elsewhere/bin/tool", [1], mode: 0o755)

    #expect(try events(of: watcher) == [.written(tool)])
  }

  @Test func `a look at everything finds what no event told`() throws {
    try makeOutput()
    let watcher = try watch(".build/debug/demo")
    try scratch.relink(".build/x86/debug/demo", [1, 2])

    #expect(try watcher.rescan() == [.written(demo)])
    #expect(try watcher.rescan() == [])
  }

  private func makeOutput(content: [UInt8] = [0]) throws {
    try scratch.makeDirectory(".build/x86/debug")
    try scratch.write(".build/x86/debug/demo", content, mode: 0o755)
    try scratch.link(".build/debug", to: "x86/debug")
  }

  private func remakeLink() throws {
    try scratch.remove(".build/debug")
    try scratch.link(".build/debug", to: "x86/debug")
  }

  private func watch(_ executable: String) throws -> OutputWatcher {
    try OutputWatcher(root: scratch.path, executables: [executable])
  }

  /// Everything until the queue is empty; the kernel puts a change there before the call that
  /// made it returns.
  private func events(of watcher: OutputWatcher) throws -> [OutputEvent] {
    var all: [OutputEvent] = []
    #expect(waitUntilReadable(watcher.fileDescriptor))
    while waitUntilReadable(watcher.fileDescriptor, within: 0) { all += try watcher.drain() }
    return all
  }
}
