/// What is known of the build that `supervise dev` runs itself.
struct Builds {
  typealias Instant = ContinuousClock.Instant

  var machine = BuildMachine()
  /// Lets changes come to rest that need no build but a restart.
  var restarts = BuildMachine()
  var sources: SourceWatcher?
  /// Whose change makes a build; the rest of what is watched belongs to single processes.
  var selections: [SourceSelection] = []
  /// Directories among the changes that restart something.
  var folders: Set<String> = []
  var buildAt: Instant?
  var restartAt: Instant?
  var startedAt: Instant?
  var report = BuildReport(of: "", isFirst: true)
  /// What the running build says comes out of these.
  var pipes: [Descriptor] = []
  /// The processes that are built here wait for the first good build.
  var isFirstAwaited = false
  /// Whoever has saved a source wants to know that nothing came of it; nobody else does.
  var saysUnchanged = false

  /// Whether the last build here failed: an executable that is gone needs no word of its own then.
  var hasFailed = false

  /// Leaves sources alone that change by each restart.
  var flaps = FlapGuard()

  /// Files that are there while git changes the sources.
  var locks: Set<String> = []

  /// What it means that the time to build has come.
  var passing: BuildMachine.Event { locks.contains(where: exists) ? .unsettled : .time }

  var isBuilding: Bool { startedAt != nil }
  var deadline: Instant? { [buildAt, restartAt, flaps.deadline].compactMap { $0 }.min() }
}
