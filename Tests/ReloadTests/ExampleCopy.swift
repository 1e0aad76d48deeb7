import Foundation
import TestSupport

/// The repository's package in a folder of its own, where a test may edit it.
///
/// The folder stays: what has been built there once need not be built again, and only the files
/// that differ from the repository's are written anew.
struct ExampleCopy {
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let folder = Self.repository.appending(path: ".build/e2e/app")

  /// Where its `supervise` finds Redis.
  let port: Int

  private var files: FileManager { .default }

  /// Brings the copy up to date.
  init() throws {
    port = try FreePort.find()
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["Package.swift", "Package.resolved", "Sources", "Tests"] {
      try refresh(name)
    }
    try write(Self.holding, to: "Sources/task_manager/Tasks/HoldUntil.swift")
    try write(procfile, to: "Procfile")
  }

  /// The repository's own, but for where Redis is.
  private var procfile: String {
    get throws {
      let server = "redis-server --port \(port) --bind 127.0.0.1 --save '' --loglevel warning"
      return try String(contentsOf: Self.repository.appending(path: "Procfile"), encoding: .utf8)
        .replacing("6379", with: "\(port)")
        .replacing("redis: script/redis", with: "redis: \(server)")
    }
  }

  /// A task that is in somebody's hands until the test lets it go, and tells whose.
  private static let holding = """
    import Celeriac
    import Glibc

    @Task
    func holdUntil(_ path: String) async throws -> Int {
      print("held by \\(getpid())")
      while access(path, F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
      return Int(getpid())
    }

    """

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  func write(_ text: String, to name: String) throws {
    let data = Data(text.utf8)
    let file = folder.appending(path: name)
    if (try? Data(contentsOf: file)) != data { try data.write(to: file) }
  }

  /// Whether a file has this text somewhere among its bytes.
  func read(_ name: String, holds text: String) throws -> Bool {
    try Data(contentsOf: folder.appending(path: name)).range(of: Data(text.utf8)) != nil
  }

  func duplicate(_ name: String, as other: String) throws {
    try? files.removeItem(at: folder.appending(path: other))
    try files.copyItem(at: folder.appending(path: name), to: folder.appending(path: other))
  }

  /// The time of the last change of a file.
  func modified(_ name: String) throws -> Date {
    let file = folder.appending(path: name).resolvingSymlinksInPath()
    let attributes = try files.attributesOfItem(atPath: file.path)
    return attributes[.modificationDate] as? Date ?? .distantPast
  }

  private func refresh(_ name: String) throws {
    let source = Self.repository.appending(path: name)
    let copy = folder.appending(path: name)
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: source.path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      let data = try Data(contentsOf: source)
      if (try? Data(contentsOf: copy)) != data { try data.write(to: copy) }
      return
    }
    try files.createDirectory(at: copy, withIntermediateDirectories: true)
    let names = Set(try files.contentsOfDirectory(atPath: source.path))
    for gone in Set(try files.contentsOfDirectory(atPath: copy.path)).subtracting(names) {
      try files.removeItem(at: copy.appending(path: gone))
    }
    for each in names.sorted() where !each.hasPrefix(".build") { try refresh(name + "/" + each) }
  }
}
