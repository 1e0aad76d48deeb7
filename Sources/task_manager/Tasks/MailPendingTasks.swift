import Celeriac

/// Mails every user the tasks they have not done yet, at midnight in Berlin.
///
/// One call for each user: a mail that fails is tried again by itself, and nobody gets it twice
/// because of another's.
@PeriodicTask(.crontab(minute: 0, hour: 0, in: "Europe/Berlin"))
func mailPendingTasks() async throws {
  for user in try UserStore.current.usersWithPendingTasks() {
    try await sendDigest.delay(to: user.address, user.pendingTasks)
  }
}

/// Mails one user their pending tasks.
@Task(queue: "celery", retry: .exponential(attempts: 5), timeLimit: .seconds(30))
func sendDigest(to address: String, _ pendingTasks: [String]) async throws {
  try await Mailer.current.send(
    Mail(
      to: address, subject: "Your pending tasks (\(pendingTasks.count))",
      body: pendingTasks.map { "- \($0)\n" }.joined()))
}
