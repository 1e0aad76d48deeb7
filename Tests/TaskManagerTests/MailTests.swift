import Celeriac
import CeleriacTesting
import Foundation
import Testing

@testable import task_manager

@Suite(.timeLimit(.minutes(1)))
struct MailTests {
  private let people = [
    User(address: "ada@example.org", pendingTasks: ["Finish note G", "Water the plants"]),
    User(address: "idle@example.org", pendingTasks: []),
    User(address: "grace@example.org", pendingTasks: ["Remove the moth"]),
  ]

  @Test func `midnight in Berlin mails everyone who has something to do`() async throws {
    try await withUsers(people) {
      try await withTestQueue(tasks: [mailPendingTasks, sendDigest]) { queue in
        #expect(try await queue.dueEntries() == [])
        try queue.clock.advance(to: .daily(at: "00:00", in: "Europe/Berlin"))
        #expect(try await queue.dueEntries() == [mailPendingTasks.name])

        try await queue.fireDue()
        try await Mailer.$current.withValue(.printing) { try await queue.runAll() }

        let digests = queue.sent(sendDigest)
        #expect(
          try digests.map { try $0.argument("to", as: String.self) }
            == ["ada@example.org", "grace@example.org"])
        #expect(
          try digests.map { try $0.argument("pendingTasks", as: [String].self) }
            == [["Finish note G", "Water the plants"], ["Remove the moth"]])
      }
    }
  }

  @Test func `nobody is mailed before midnight, and nobody twice`() async throws {
    try await withTestQueue(tasks: [mailPendingTasks, sendDigest]) { queue in
      queue.clock.advance(by: .seconds(22 * 3600 + 3599))
      try await queue.fireDue()
      #expect(queue.sent.isEmpty)

      queue.clock.advance(by: .seconds(1))
      try await queue.fireDue()
      try await queue.fireDue()
      #expect(queue.sent(mailPendingTasks).count == 1)
    }
  }

  @Test func `a mail that fails is tried five times`() async throws {
    try await withTestQueue(tasks: [sendDigest]) { queue in
      let result = try await sendDigest.delay(to: "ada@example.org", ["Finish note G"])

      var runs: [TaskRun] = []
      for _ in 1...10 {
        try await Mailer.$current.withValue(.refused) { runs += try await queue.runAll() }
        queue.clock.advance(by: .seconds(600))
      }

      #expect(runs.map(\.attempt) == [1, 2, 3, 4, 5])
      #expect(queue.states(of: result.id) == [.retry, .retry, .retry, .retry, .failure])
      let failure = await #expect(throws: TaskFailure.self) {
        try await result.value(within: .seconds(5))
      }
      #expect(failure?.type == "MailError")
      #expect(failure?.message.hasPrefix("mail not sent: curl: (7)") == true)
    }
  }

  @Test func `an address that is none reaches no server`() async throws {
    let mail = Mail(to: "ada@example.org> <eve@example.org", subject: "", body: "")

    let error = await #expect(throws: MailError.self) { try await Mailer.refused.send(mail) }
    #expect(error?.reason.contains("is no address") == true)
  }

  @Test func `a mail server that comes back receives the digest, once`() async throws {
    let server = try SMTPServer()
    let working = Mailer(server: try await server.url(), sender: "tasks@example.org")
    try await withTestQueue(tasks: [sendDigest]) { queue in
      let result = try await sendDigest.delay(
        to: "zoe@example.org",
        ["Bücher zurückbringen", "買い物"])

      try await Mailer.$current.withValue(.refused) { try await queue.runAll() }
      queue.clock.advance(by: .seconds(1))
      try await Mailer.$current.withValue(working) { try await queue.runAll() }

      #expect(queue.states(of: result.id) == [.retry, .success])
      #expect(
        try server.mails == [
          SMTPServer.ReceivedMail(
            sender: "tasks@example.org", recipients: ["zoe@example.org"],
            to: "zoe@example.org", subject: "Your pending tasks (2)",
            body: "- Bücher zurückbringen\n- 買い物\n")
        ])
    }
  }

  private func withUsers(_ users: [User], _ body: () async throws -> Void) async throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "users-\(UUID().uuidString).json")
    try JSONEncoder().encode(users).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try await UserStore.$current.withValue(UserStore(path: file.path())) { try await body() }
  }
}

extension Mailer {
  /// Prints, whatever the environment says.
  fileprivate static let printing = Mailer(server: nil, sender: "tasks@example.org")

  /// Nobody listens on the port of `tcpmux` here.
  fileprivate static let refused = Mailer(server: "smtp://127.0.0.1:1", sender: "tasks@example.org")
}
