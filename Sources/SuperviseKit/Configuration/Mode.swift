import Glibc

/// What `supervise` was asked to be; the defaults follow from it.
package enum Mode: String, Sendable {
  case development = "dev"
  case production = "prod"
}

/// The rules for one kind of process: what its Procfile says, completed by the mode's defaults.
package struct ProcessSettings: Sendable, Equatable {
  package var restart: ProcessOptions.Restart
  package var reload: ReloadPolicy
  package var ready: ProcessOptions.Ready
  package var stopSignal: Int32
  package var stopGroup: Bool
  package var stopTimeout: Duration
  /// How long a replaced process may finish what it has in hand.
  package var drainTimeout: Duration
  package var singleton: Bool
  package var success: Set<Int32>
  /// A run below this length counts as a crash in a loop.
  package var shortRun: Duration
  /// Short runs in a row until it is given up; nil for never.
  package var crashLimit: Int?
  /// How long it has to be alive to count as ready, where nothing else says so.
  package var settleTime: Duration
  /// How long it may take until it is ready; then the start has failed.
  package var startLimit: Duration
  /// Whether one that cannot be started as its files are waits until they change.
  package var waitsForFiles: Bool
  /// How long it may be silent once it is ready; nil where nothing is expected of it.
  package var watchdog: Duration?
  package var memoryLimit: UInt?

  package init(_ spec: ProcessSpec, mode: Mode) {
    let options = spec.options
    let development = mode == .development
    let lasting = spec.name == "worker" || spec.name == "beat"
    singleton = options.singleton ?? (spec.name == "beat")
    restart = options.restart ?? (development && !lasting ? .onFailure : .always)
    let drains = spec.name == "worker" && !singleton
    reload = options.reload ?? (drains ? .drain : .restart)
    // Whoever comes after what runs only once wants what it has done.
    ready = options.ready ?? (spec.isAwaited && restart == .never ? .done : .settled)
    stopSignal = options.stop.signal ?? SIGTERM
    stopGroup = options.stop.group
    stopTimeout = options.stop.timeout ?? .seconds(development ? 10 : 60)
    drainTimeout =
      options.drainTimeout ?? options.stop.timeout ?? .seconds(development ? 30 : 300)
    success = options.success
    settleTime = options.settleTime ?? .seconds(1)
    // One that dies soon after it has counted as ready has hardly been so.
    shortRun = max(.seconds(development ? 2 : 10), settleTime * 2)
    let restarts = options.maxRestarts ?? (development ? 5 : 0)
    crashLimit = restarts == 0 ? nil : restarts
    waitsForFiles = development
    watchdog = options.watchdog
    memoryLimit = options.memoryLimit
    startLimit = options.readyTimeout ?? .seconds(60)
  }
}
