import Foundation

/// The Swift compiler with the macros, run on a file of a user.
enum Compiler {
  /// The errors of the compiler, in its order.
  static func errors(in source: String) throws -> [String] {
    try output(for: source).split(separator: "\n").compactMap { line in
      // Not the lines that repeat an error under the source that it shows.
      guard !line.contains("|"), let error = line.range(of: ": error: ") else { return nil }
      return String(line[error.upperBound...])
    }
  }

  /// All that the compiler says.
  static func output(for source: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "Tasks.swift")
    try source.write(to: file, atomically: true, encoding: .utf8)

    let products = try productsFolder()
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = [
      "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", file.path(),
      "-I", products.appending(path: "Modules").path(),
      "-Xcc", "-fmodule-map-file=\(products.path())/CLinux.build/module.modulemap",
      "-load-plugin-executable", "\(products.path())/CeleriacMacros-tool#CeleriacMacros",
    ]
    let pipe = Pipe()
    compiler.standardError = pipe
    try compiler.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    compiler.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  /// Where the build has put modules and plugins: beside the running test program.
  private static func productsFolder() throws -> URL {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: program).deletingLastPathComponent()
  }
}
