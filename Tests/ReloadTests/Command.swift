import Foundation

/// A command that a test runs beside what it tests.
struct Command {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let words: [String]
  let folder: String
  let environment: [String: String]

  /// Runs it to its end: the standard output without the blanks around it.
  @discardableResult
  func run(_ more: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    let errors = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words + more
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let error = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        description: "\((words + more).joined(separator: " ")): \(process.terminationStatus)\n"
          + text + error)
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
