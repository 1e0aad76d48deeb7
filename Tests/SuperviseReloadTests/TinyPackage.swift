import Glibc
import TestSupport
import Testing

/// A package of a library and two executables, built by the real toolchain.
///
/// All tests share its folder, one after the other: what has been built once need not be again.
struct TinyPackage {
  let folder: String
  let configuration: String
  private let flags: String
  private let log: String

  /// Packages that are built in different ways do not share a folder; the flags are those of
  /// every build.
  init(_ name: String, flags: String = "", configuration: String = "debug") throws {
    folder = Shell.scratch("tiny-\(name)")
    log = folder + "/build.log"
    self.flags = flags
    self.configuration = configuration
    mkdir(folder, 0o755)
    try write(Self.manifest, to: "Package.swift")
    try changeLibrary()
    try changeComment()
    try write(Self.program("demo"), to: "Sources/demo/main.swift")
    try write(Self.program("tool"), to: "Sources/tool/main.swift")
  }

  /// Something that was never there before, so that no build has the same bytes as another.
  static var fresh: String {
    "w\(UInt64.random(in: 0 ... .max))"
  }

  private static let manifest = """
    // swift-tools-version: 6.0
    import PackageDescription
    let package = Package(
      name: "tiny",
      targets: [
        .target(name: "Words"),
        .executableTarget(name: "demo", dependencies: ["Words"]),
        .executableTarget(name: "tool", dependencies: ["Words"]),
      ])
    """

  private static func program(_ name: String) -> String {
    """
    import Glibc
    import Words
    let local = "\(fresh)"
    print("\(name) says \\(word()) and \\(local) pid=\\(getpid())")
    fflush(nil)
    _ = write(3, "READY=1\\n", 8)
    while true { pause() }

    """
  }

  /// Other bytes for one executable.
  func changeDemo() throws { try write(Self.program("demo"), to: "Sources/demo/main.swift") }
  func changeTool() throws { try write(Self.program("tool"), to: "Sources/tool/main.swift") }
  /// Other bytes for both.
  func changeLibrary() throws {
    try write(
      "public func word() -> String { \"\(Self.fresh)\" }\n", to: "Sources/Words/Word.swift")
  }

  func addToDemo(_ text: String) throws {
    try write(Self.program("demo") + text, to: "Sources/demo/main.swift")
  }

  func changeComment() throws {
    try write("// \(Self.fresh)\n", to: "Sources/demo/Comment.swift")
  }

  /// Builds; the exit code.
  @discardableResult
  func build(_ more: String = "") -> Int32 {
    Shell.run("swift build -c \(configuration) \(flags) \(more) >\(log) 2>&1", in: folder)
  }

  /// Builds, and it has to succeed.
  func mustBuild(_ more: String = "") throws {
    try #require(build(more) == 0, "\(Shell.text(log))")
  }

  var executable: String { folder + "/.build/\(configuration)/demo" }

  /// The checksum of what the build has made.
  var demoSum: String {
    Shell.run("cksum <.build/\(configuration)/demo >sum", in: folder)
    return Shell.text(folder + "/sum")
  }

  func write(_ text: String, to name: String) throws {
    try Shell.write(text, to: folder + "/" + name)
  }
}

enum Shell {
  /// Runs a line to its end; its exit code.
  @discardableResult
  static func run(_ line: String, in folder: String = "/") -> Int32 {
    let status = system("cd '\(folder)' && { \(line)\n}")
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// A folder that stays beside what is built here.
  static func scratch(_ name: String) -> String {
    let root = (#filePath as String).split(separator: "/").dropLast(3).joined(separator: "/")
    let folder = "/\(root)/.build/reload-tests/\(name)"
    run("mkdir -p '\(folder)'")
    return folder
  }

  static func write(_ text: String, to path: String) throws {
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    run("mkdir -p '/\(parent)'")
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    try #require(file >= 0, "cannot write \(path)")
    defer { close(file) }
    try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
  }

  static func text(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    return String(decoding: bytes[..<max(0, read(file, &bytes, bytes.count))], as: UTF8.self)
  }
}
