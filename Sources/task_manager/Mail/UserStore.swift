import FoundationEssentials

/// Somebody with things to do.
struct User: Codable, Sendable {
  let address: String
  let pendingTasks: [String]
}

/// The users, from a JSON file: small enough to read whole, and easy to edit.
struct UserStore: Sendable {
  /// The store of the file that `TASK_MANAGER_USERS` names, or two people made up.
  @TaskLocal static var current = UserStore(
    path: ProcessInfo.processInfo.environment["TASK_MANAGER_USERS"])

  private static let madeUp = [
    User(address: "ada@example.org", pendingTasks: ["Finish note G", "Water the plants"]),
    User(address: "grace@example.org", pendingTasks: ["Remove the moth"]),
  ]

  private let path: String?

  init(path: String?) {
    self.path = path
  }

  /// The users who have something to do.
  func usersWithPendingTasks() throws -> [User] {
    guard let path else { return Self.madeUp }
    let users = try JSONDecoder().decode([User].self, from: Data(contentsOf: URL(filePath: path)))
    return users.filter { !$0.pendingTasks.isEmpty }
  }
}
