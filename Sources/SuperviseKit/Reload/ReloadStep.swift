/// A process that may have to change over to a new build.
struct ReloadInstance: Equatable, Sendable {
  /// Its own name, such as `worker.2`.
  let name: String
  /// What people call it: `worker`, where there is only one.
  let label: String
  /// What it is one of, such as `worker`.
  let kind: String
  /// The path of its executable, as it is watched.
  let executable: String
  /// The image it runs on, to which it returns when the new one fails.
  ///
  /// nil when it does not run, because that image failed: then there is no way back.
  let image: FileIdentity?
  let policy: ReloadPolicy
  /// Whether two of it must never live at once.
  let isSingleton: Bool
}

/// How far one instance is on its way to a new build.
struct ReloadStep: Equatable {
  enum Stage: Equatable {
    case waiting
    /// The old process was told to stop; the new one comes after its end.
    case stopping
    /// The new process was started.
    case starting(isOldGone: Bool)
    /// The new process was told to end, as a newer build is there.
    case abandoned(isOldGone: Bool)
    /// On the new build.
    case replaced
    /// Not changed over: it failed, or there was a reason not to try.
    case left

    /// Whether an event is awaited.
    var isActive: Bool {
      switch self {
      case .stopping, .starting, .abandoned: true
      case .waiting, .replaced, .left: false
      }
    }

    var isOver: Bool { self == .replaced || self == .left }
  }

  let instance: ReloadInstance
  let build: FileIdentity
  var stage = Stage.waiting

  init(instance: ReloadInstance, build: FileIdentity) {
    self.instance = instance
    self.build = build
  }

  /// How much would be lost if this instance were the one that finds out that a build is bad.
  var risk: Int {
    switch instance.policy {
    case .drain: instance.isSingleton ? 2 : 0
    case .restart: instance.isSingleton ? 2 : 1
    case .signal, .none: 3
    }
  }
}
