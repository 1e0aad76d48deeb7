/// What is known of executables, and of the reload that is on.
struct Reloads {
  typealias Instant = ContinuousClock.Instant

  /// An executable that somebody was writing when it was looked at.
  struct Busy {
    var since: Instant
    var nextLook: Instant
  }

  /// What is to be looked at again, if it came while a reload was on.
  enum Reason: Equatable {
    /// These files were saved, and processes read them when they start.
    case sources([String])
    /// Something else is to run.
    case formation

    /// Both of them.
    ///
    /// A file that says what is to run is looked at as such.
    func joined(with other: Reason) -> Reason {
      guard case .sources(let files) = self, case .sources(let more) = other else {
        return .formation
      }
      return .sources(files + more.filter { !files.contains($0) })
    }
  }

  var plan = ReloadPlan()
  var trigger = ReloadTrigger()
  var images = ProvenImages()
  var watcher: OutputWatcher?
  /// What it watches.
  var watched: Set<String> = []
  var triggerDeadline: Instant?
  var busy: [String: Busy] = [:]
  /// Everything a process may be started from or returned to, while a reload is on.
  var byIdentity: [FileIdentity: ExecutableImage] = [:]
  /// What is to be told to the plan, in its order.
  var events: [ReloadPlan.Event] = []
  var isTelling = false
  /// What instances are to do when they have been replaced, by their ids; after a change of the
  /// Procfile.
  var renewals: [String: Assignment] = [:]
  /// Why something is reloaded that no executable is the reason of, by the file that is named.
  var reasons: [String: Reason] = [:]
  /// Counts the changes of sources that need no build.
  var sourceVersion: Int64 = 0

  /// Whether a change could bring an ended process back.
  var isWatching: Bool { watcher != nil || watchesSources }
  var watchesSources = false

  var deadline: Instant? {
    (busy.values.map(\.nextLook) + [triggerDeadline].compactMap { $0 }).min()
  }

  /// Stands for a state of sources, as an identity stands for a file.
  static func identity(ofVersion version: Int64) -> FileIdentity {
    FileIdentity(device: 0, inode: 0, size: version, modifiedNanoseconds: 0)
  }
}
