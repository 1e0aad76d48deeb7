import Glibc
import TestSupport
import Testing

/// Each thing that a real build may do to its output, and who is replaced by it.
///
/// A reload is told with its number: one that should not have been would be found by the next.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct ToolchainTests {
  private static let workers: Set = ["worker.1", "worker.2"]

  @Test func `a build replaces what it has changed, and nothing else`() async throws {
    try await onOwnThread {
      let package = try TinyPackage("native")
      try package.mustBuild()
      let session = try Session(package)

      try package.changeDemo()
      try package.mustBuild()
      try session.expectReload(of: "demo", replacing: Self.workers)

      let before = package.demoSum
      try package.mustBuild()
      try package.changeComment()
      try package.mustBuild()
      // What was compiled with all its module has other bytes when it is compiled alone for the first
      // time, also if only a comment differs; the bytes are what counts.
      if package.demoSum != before {
        try session.expectReload(of: "demo", replacing: Self.workers)
      }
      try package.addToDemo("this is no Swift\n")
      #expect(package.build() == 1)
      session.expectAllAlive()

      try package.changeDemo()
      try package.changeLibrary()
      try package.mustBuild()
      try session.expectReload(of: "demo, tool", replacing: Self.workers.union(["beat"]))

      try package.changeDemo()
      try package.changeTool()
      try package.mustBuild("--product tool")
      try session.expectReload(of: "tool", replacing: ["beat"])
      try package.mustBuild()
      try session.expectReload(of: "demo", replacing: Self.workers)
      try session.finish()
    }
  }

  @Test(arguments: ["gold", "lld"])
  func `a failed link takes the file away, not the processes`(linker: String) async throws {
    try await onOwnThread {
      let package = try TinyPackage(linker, flags: "-Xswiftc -use-ld=\(linker)")
      try package.mustBuild()
      let session = try Session(package)

      try package.addToDemo(
        """
        @_silgen_name("no_such_symbol") func noSuchSymbol()
        func unlinkable() { noSuchSymbol() }
        """)
      #expect(package.build() == 1)
      #expect(access(package.executable, F_OK) != 0)
      session.expectAllAlive()
      try session.crash("worker.1")
      try session.run.expect("demo is gone, as after a failed link; what runs goes on")
      session.expectAllAlive()

      try package.changeDemo()
      try package.mustBuild()
      try session.expectReload(of: "demo", replacing: Self.workers)
      try session.finish(killed: 1)
    }
  }

  @Test func `what is cleaned away goes on until it has been built again`() async throws {
    try await onOwnThread {
      let package = try TinyPackage("native")
      try package.mustBuild()
      let session = try Session(package)

      #expect(Shell.run("swift package clean", in: package.folder) == 0)
      try session.crash("worker.2")
      try session.crash("beat")
      session.expectAllAlive()
      // Bytes that differ are what counts: two builds of the same sources need not be equal.
      try package.changeTool()
      try package.changeDemo()
      try package.mustBuild()
      try session.expectReload(of: "demo, tool", replacing: Self.workers.union(["beat"]))

      Shell.run("rm -rf .build", in: package.folder)
      session.expectAllAlive()
      try session.crash("worker.1")
      try package.changeLibrary()
      try package.mustBuild()
      try session.expectReload(of: "demo, tool", replacing: Self.workers.union(["beat"]))
      try session.finish(killed: 3)
    }
  }

  @Test func `two builds at once are one reload, an interrupted one is none`() async throws {
    try await onOwnThread {
      let package = try TinyPackage("native")
      try package.mustBuild()
      let session = try Session(package)

      try package.changeDemo()
      Shell.run("swift build >a.log 2>&1 & swift build >b.log 2>&1; wait", in: package.folder)
      try session.expectReload(of: "demo", replacing: Self.workers)

      try package.changeLibrary()
      let interrupted = Shell.run(
        """
        swift build >build.log 2>&1 & pid=$!
        until cat /proc/$pid/task/*/children | grep -q . || ! kill -0 $pid; do sleep 0.01; done
        kill -INT $pid; wait $pid
        """, in: package.folder)
      #expect(interrupted != 0, "it was through before it could be interrupted")
      session.expectAllAlive()
      try package.mustBuild()
      try session.expectReload(of: "demo, tool", replacing: Self.workers.union(["beat"]))
      try session.finish()
    }
  }

  @Test(arguments: [
    ("release", "", ".build/release"),
    ("debug", "--build-system swiftbuild", ".build/out/Products/Debug-linux"),
  ])
  func `other configurations and build systems are seen as well`(
    configuration: String, flags: String, output: String
  ) async throws {
    try await onOwnThread {
      let package = try TinyPackage(
        "\(configuration)-\(flags.isEmpty ? "native" : "swiftbuild")", flags: flags,
        configuration: configuration)
      try package.mustBuild()
      let session = try Session(package, executables: output)

      try package.mustBuild()
      try package.changeDemo()
      try package.mustBuild()
      try session.expectReload(of: "demo", replacing: Self.workers)
      try package.changeTool()
      try package.mustBuild()
      try session.expectReload(of: "tool", replacing: ["beat"])
      try session.finish()
    }
  }
}
