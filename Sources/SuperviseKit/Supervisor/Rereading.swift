/// What is known of the files that say what is to run.
struct Rereading {
  typealias Instant = ContinuousClock.Instant

  /// Tells of the Procfile and the files of variables.
  var watcher: SourceWatcher?
  /// Lets changes come to rest before they are read.
  var machine = BuildMachine()
  var dueAt: Instant?

  var deadline: Instant? { dueAt }
}
