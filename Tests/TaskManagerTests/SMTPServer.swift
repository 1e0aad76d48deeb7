import Foundation
import TestSupport

/// A real mail server for one test, on a free port: aiosmtpd, from the environment that
/// `script/python` makes.
final class SMTPServer {
  /// A mail as the server has received it.
  struct ReceivedMail: Decodable, Equatable {
    let sender: String
    let recipients: [String]
    let to: String
    let subject: String
    let body: String
  }

  /// Why a server could not be had.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private let lifeline = Pipe()
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "smtp-\(UUID().uuidString.prefix(8))")

  /// Starts a server that receives nothing before ``url()`` is asked for.
  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let python = tests.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: ".venv/bin/python")
    guard FileManager.default.isExecutableFile(atPath: python.path()) else {
      throw Failure(description: "there is no .venv: run script/python")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = python
    process.arguments = [tests.appending(path: "python/smtp_server.py").path(), folder.path()]
    process.standardInput = lifeline
    try process.run()
  }

  deinit {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Waits until the server listens, and says where.
  func url() async throws -> String {
    let port = folder.appending(path: "port")
    let listens = try await eventually { FileManager.default.fileExists(atPath: port.path()) }
    guard listens else {
      throw Failure(description: "the mail server does not start")
    }
    return "smtp://127.0.0.1:\(try String(contentsOf: port, encoding: .utf8))"
  }

  /// The mails that were received, in order.
  var mails: [ReceivedMail] {
    get throws {
      try (1...).lazy.map { self.folder.appending(path: "\($0).json") }
        .prefix { FileManager.default.fileExists(atPath: $0.path()) }
        .map { try JSONDecoder().decode(ReceivedMail.self, from: Data(contentsOf: $0)) }
    }
  }
}
