import Foundation
import Synchronization

/// A Python program of the tests, from the virtual environment that `script/python` makes.
final class PythonProcess: Sendable {
  /// Why a program could not be used.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private struct Parts: @unchecked Sendable {
    // Process and its pipes are used under the lock alone.
    let process: Process
    let input: FileHandle
    let output: FileHandle
  }

  private let parts: Mutex<Parts>

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Starts a program of `Tests/InteropTests/python`.
  init(_ name: String, _ arguments: [String] = [], environment: [String: String]) throws {
    let folder = Self.root.appending(path: "Tests/InteropTests/python")
    let python = Self.root.appending(path: ".venv/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Failure(description: "there is no .venv: run script/python")
    }
    let process = Process()
    let isScript = name.hasSuffix(".py")
    process.executableURL = isScript ? URL(filePath: python) : folder.appending(path: name)
    process.arguments = (isScript ? [folder.appending(path: name).path] : []) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    parts = Mutex(
      Parts(
        process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
  }

  deinit {
    parts.withLock { parts in
      parts.process.terminate()
      parts.process.waitUntilExit()
    }
  }

  /// Writes a line and reads the next one.
  func ask(_ line: String) async throws -> String {
    try await offPool { parts in
      try parts.input.write(contentsOf: Data((line + "\n").utf8))
      return try Self.line(from: parts.output)
    }
  }

  /// Reads the next line.
  func line() async throws -> String {
    try await offPool { try Self.line(from: $0.output) }
  }

  // Reading blocks, so it is done on a thread that nobody else waits for.
  private func offPool<Value: Sendable>(
    _ body: @escaping @Sendable (Parts) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { [self] in
        continuation.resume(with: Result { try parts.withLock { try body($0) } })
      }
    }
  }

  private static func line(from handle: FileHandle) throws -> String {
    var line = Data()
    while let byte = try handle.read(upToCount: 1), let first = byte.first {
      if first == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(first)
    }
    throw Failure(description: "the Python program has ended")
  }
}
