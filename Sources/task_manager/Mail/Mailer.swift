import FoundationEssentials
import Subprocess

/// A mail.
struct Mail: Sendable {
  let to: String
  let subject: String
  let body: String

  /// The message as SMTP carries it.
  func text(from sender: String) -> String {
    """
    From: \(sender)
    To: \(to)
    Subject: \(subject)
    Content-Type: text/plain; charset=utf-8

    \(body)
    """.replacing("\n", with: "\r\n")
  }
}

/// Sends mail by SMTP, or prints it where no server is set up.
///
/// The protocol is curl's business: it knows TLS, passwords and every odd server.
struct Mailer: Sendable {
  /// The mailer that the environment asks for: `TASK_MANAGER_SMTP` is a URL of curl's, such as
  /// `smtp://localhost:25` or `smtps://mail.example.org`; passwords stand in `~/.netrc`.
  @TaskLocal static var current = Mailer(
    server: ProcessInfo.processInfo.environment["TASK_MANAGER_SMTP"],
    sender: ProcessInfo.processInfo.environment["TASK_MANAGER_SENDER"]
      ?? "task_manager@localhost")

  let server: String?
  let sender: String

  /// Hands a mail to the server.
  ///
  /// - Throws: ``MailError`` with what the server said when it did not take the mail.
  func send(_ mail: Mail) async throws {
    let text = mail.text(from: sender)
    guard let server else { return print(text.replacing("\r\n", with: "\n")) }
    guard mail.to.allSatisfy({ !$0.isWhitespace && $0 != "<" && $0 != ">" }) else {
      throw MailError(reason: "'\(mail.to)' is no address")
    }
    let result = try await run(
      .name("curl"),
      arguments: [
        "--silent", "--show-error", "--max-time", "25", "--netrc-optional", "--url", server,
        "--mail-from", sender, "--mail-rcpt", mail.to, "--upload-file", "-",
      ], input: .string(text), output: .discarded, error: .string(limit: 4096))
    guard result.terminationStatus.isSuccess else {
      throw MailError(reason: result.standardError)
    }
  }
}

/// The server did not take a mail.
struct MailError: Error, CustomStringConvertible {
  let reason: String

  var description: String { "mail not sent: \(reason)" }
}
