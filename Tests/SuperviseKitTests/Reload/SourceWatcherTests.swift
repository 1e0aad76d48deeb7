import CLinux
import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct SourceWatcherTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.makeDirectory("Sources/App/Deep")
    try scratch.makeDirectory("Tests/AppTests")
    try scratch.makeDirectory(".build/debug")
    try scratch.write("Package.swift", "// swift-tools-version: 6.2")
    try scratch.write("Sources/App/main.swift", "print(1)")
  }

  @Test func `a saved source is a change, and nothing else is`() throws {
    let watcher = try watchPackage()

    try scratch.write("Sources/App/main.swift", "print(2)")
    #expect(try changes(watcher) == ["Sources/App/main.swift"])
    try scratch.write("Package.swift", "// other")
    #expect(try changes(watcher) == ["Package.swift"])
    try scratch.write("Tests/AppTests/test.swift", "")
    try scratch.write(".build/debug/x.swift", "")
    try scratch.write("README.md", "")
    #expect(try changes(watcher) == [])
  }

  @Test func `tests, hidden and built directories are not even watched`() throws {
    let watcher = try watchPackage()

    #expect(
      watcher.watchedDirectories
        == ["", "/Sources", "/Sources/App", "/Sources/App/Deep"].map { scratch.path + $0 })
  }

  @Test func `a directory that comes later is watched, with what is in it already`() throws {
    let watcher = try watchPackage()

    try scratch.makeDirectory("Sources/New/Deeper")
    try scratch.write("Sources/New/Deeper/a.swift", "a")
    #expect(try changes(watcher) == ["Sources/New/Deeper/a.swift"])
    try scratch.write("Sources/New/Deeper/b.swift", "b")
    #expect(try changes(watcher) == ["Sources/New/Deeper/b.swift"])
  }

  @Test func `a link to what lies above is not followed`() throws {
    try scratch.link("Sources/App/all", to: "/")
    try scratch.link("Sources/App/above", to: "../..")
    let watcher = try watchPackage()

    #expect(watcher.watchedDirectories.count == 4)
  }

  @Test func `sources that come after the watcher are found`() throws {
    try scratch.removeTree("Sources")
    let watcher = try watchPackage()

    try scratch.makeDirectory("Sources/App")
    try scratch.write("Sources/App/main.swift", "x")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `a directory moved in brings its files, moved out it is a change itself`() throws {
    let watcher = try watchPackage()
    try scratch.makeDirectory("Outside/Inner")
    try scratch.write("Outside/Inner/a.swift", "a")

    try scratch.move("Outside", to: "Sources/Inside")
    #expect(try changes(watcher) == ["Sources/Inside/Inner/a.swift"])
    try scratch.move("Sources/Inside", to: "Sources/Renamed")
    #expect(try changes(watcher) == ["Sources/Inside", "Sources/Renamed/Inner/a.swift"])
    try scratch.move("Sources/Renamed", to: "Outside")
    #expect(try changes(watcher) == ["Sources/Renamed"])
    try scratch.write("Outside/Inner/a.swift", "b")
    #expect(try changes(watcher) == [])
  }

  @Test func `a removed source is a change`() throws {
    let watcher = try watchPackage()

    try scratch.remove("Sources/App/main.swift")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `the way vim saves is one change`() throws {
    let watcher = try watchPackage()

    try scratch.write("Sources/App/.main.swift.swp", "swap")
    try scratch.write("Sources/App/4913", "")
    try scratch.remove("Sources/App/4913")
    try scratch.move("Sources/App/main.swift", to: "Sources/App/main.swift~")
    try scratch.write("Sources/App/main.swift", "print(2)")
    try scratch.remove("Sources/App/main.swift~")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `the way emacs saves is one change`() throws {
    let watcher = try watchPackage()

    try scratch.link("Sources/App/.#main.swift", to: "me@host.1")
    try scratch.write("Sources/App/#main.swift#", "print(2")
    try scratch.move("Sources/App/main.swift", to: "Sources/App/main.swift~")
    try scratch.write("Sources/App/main.swift", "print(2)")
    try scratch.remove("Sources/App/#main.swift#")
    try scratch.remove("Sources/App/.#main.swift")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `the way JetBrains' editors save is one change`() throws {
    let watcher = try watchPackage()

    try scratch.write("Sources/App/main.swift___jb_tmp___", "print(2)")
    try scratch.move("Sources/App/main.swift", to: "Sources/App/main.swift___jb_old___")
    try scratch.move("Sources/App/main.swift___jb_tmp___", to: "Sources/App/main.swift")
    try scratch.remove("Sources/App/main.swift___jb_old___")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `a temporary file of any name that is renamed over the source leaves no trace`() throws
  {
    let watcher = try watchPackage()

    try scratch.write("Sources/App/sedJ7aQx2", "print(2)")
    try scratch.move("Sources/App/sedJ7aQx2", to: "Sources/App/main.swift")

    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `what .gitignore names is no source, and a change of it counts from then on`() throws {
    try scratch.write("Sources/App/.gitignore", "*.gen.swift\nDeep/\n")
    let watcher = try watchPackage()

    try scratch.write("Sources/App/a.gen.swift", "")
    try scratch.write("Sources/App/Deep/b.swift", "")
    #expect(waitUntilReadable(watcher.fileDescriptor))
    #expect(try watcher.drain() == nil)
    try scratch.write("Sources/App/.gitignore", "")
    #expect(try changes(watcher) == [])
    try scratch.write("Sources/App/Deep/b.swift", "2")
    #expect(try changes(watcher) == ["Sources/App/Deep/b.swift"])
  }

  @Test func `the rules of a repository hold for a package inside it`() throws {
    try scratch.makeDirectory("repo/.git")
    try scratch.makeDirectory("repo/package/src")
    try scratch.write("repo/.gitignore", "/package/src/local.py\n")
    let watcher = try SourceWatcher([
      SourceSelection(root: scratch["repo/package"], patterns: ["src/**/*.py"])
    ])

    try scratch.write("repo/package/src/local.py", "")
    try scratch.write("repo/package/src/tasks.py", "")

    #expect(try changes(watcher) == ["repo/package/src/tasks.py"])
  }

  @Test func `a link that leads in a circle ends the walk`() throws {
    try scratch.link("Sources/App/again", to: "..")

    let watcher = try watchPackage()

    #expect(
      watcher.watchedDirectories
        == ["", "/Sources", "/Sources/App", "/Sources/App/Deep"].map { scratch.path + $0 })
  }

  @Test func `events that the kernel lost make everything a change`() throws {
    let count = try queueLimit()
    try #require(count <= 1 << 17)
    let watcher = try watchPackage()

    for _ in 0...count / 2 {
      try scratch.write("Sources/App/a.swift", "")
      try scratch.remove("Sources/App/a.swift")
    }

    #expect(try changes(watcher) == [""])
    try scratch.write("Sources/App/main.swift", "3")
    #expect(try changes(watcher) == ["Sources/App/main.swift"])
  }

  @Test func `a root that is not there is an error`() {
    #expect(throws: WatchError.self) {
      try SourceWatcher([.swiftPackage(at: scratch["nowhere"])])
    }
  }

  @Test func `a limit of the kernel is explained by the name of its switch`() {
    let watches = WatchError(number: ENOSPC, path: "/app/Sources")
    let instances = WatchError(number: EMFILE, path: "/app")

    #expect(watches.code == .limitReached)
    #expect(watches.description.contains("fs.inotify.max_user_watches"))
    #expect(instances.description.contains("fs.inotify.max_user_instances"))
  }

  private func watchPackage() throws -> SourceWatcher {
    try SourceWatcher([.swiftPackage(at: scratch.path)])
  }

  /// How many events the kernel keeps before it loses some.
  private func queueLimit() throws -> Int {
    let descriptor = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = read(descriptor, &bytes, bytes.count)
    return try #require(Int(String(decoding: bytes[..<(count - 1)], as: UTF8.self)))
  }

  /// What has changed, seen from the scratch directory.
  private func changes(_ watcher: SourceWatcher) throws -> [String] {
    var files: [String] = []
    while waitUntilReadable(watcher.fileDescriptor, within: 0) {
      files += try watcher.drain()?.files ?? []
    }
    return files.compactMap { $0.path(below: scratch.path) }
  }
}
