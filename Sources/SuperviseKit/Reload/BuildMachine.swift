/// Decides when to build: after the sources have come to rest, one build at a time.
///
///     idle ──changed──► settling ──quiet──► building ──finished──► idle
///                          ▲                   │ changed meanwhile
///                          └───────finished────┘
struct BuildMachine {
  enum Event: Equatable {
    /// These source files were saved, removed or renamed.
    case changed([String])
    /// The build that was started has ended.
    case finished(Status)
    /// Time has passed.
    case time
    /// Time has passed, and whoever changes the sources is known to be at it still.
    case unsettled
  }

  enum Action: Equatable {
    /// Start a build; these files made it necessary.
    case start(triggers: [String])
    /// Say ``Event/time`` then, unless something happens before.
    case wait(until: ContinuousClock.Instant)
    /// The build ended well: its output may be looked at.
    case built
    /// The build failed: what runs stays.
    case failed(Status)
  }

  /// How a build ended.
  enum Status: Equatable {
    case exit(Int32)
    case signal(Int32)

    static let success = Status.exit(0)
  }

  /// Files that changed since the last build began, in the order of their first change.
  private struct Changes {
    var files: [String] = []
    let first: ContinuousClock.Instant
    var last: ContinuousClock.Instant
    /// When a build starts even if there was no quiet.
    var latest: ContinuousClock.Instant

    mutating func add(_ more: [String], at now: ContinuousClock.Instant) {
      files += more.filter { !files.contains($0) }
      last = now
    }
  }

  private enum State {
    case idle
    case settling(Changes)
    case building(meanwhile: Changes?)
  }

  /// How long no source must have changed.
  let quiet: Duration
  /// How long after the first change a build starts at the latest.
  let patience: Duration
  /// The same where somebody is known to be changing them still.
  let longPatience: Duration
  private var state = State.idle

  init(
    quiet: Duration = .milliseconds(100), patience: Duration = .seconds(2),
    longPatience: Duration = .seconds(20)
  ) {
    self.quiet = quiet
    self.patience = patience
    self.longPatience = longPatience
  }

  /// Whether a build runs.
  var isBuilding: Bool {
    if case .building = state { true } else { false }
  }

  mutating func receive(_ event: Event, at now: ContinuousClock.Instant) -> [Action] {
    switch (state, event) {
    case (_, .changed(let files)) where files.isEmpty:
      return []
    case (.idle, .changed(let files)):
      return settle(changes(of: files, at: now), at: now)
    case (.settling(var changes), .changed(let files)):
      changes.add(files, at: now)
      return settle(changes, at: now)
    case (.building(var changes), .changed(let files)):
      changes?.add(files, at: now)
      state = .building(meanwhile: changes ?? self.changes(of: files, at: now))
      return []
    case (.settling(let changes), .time):
      return settle(changes, at: now)
    case (.settling(var changes), .unsettled):
      changes.last = now
      changes.latest = changes.first + longPatience
      return settle(changes, at: now)
    case (.building(let changes), .finished(let status)):
      state = .idle
      let verdict = status == .success ? Action.built : .failed(status)
      return [verdict] + (changes.map { settle($0, at: now) } ?? [])
    case (.idle, _), (.building, .time), (.building, .unsettled), (.settling, .finished):
      return []
    }
  }

  /// Builds at once, whatever has changed, as at the start or when asked to.
  mutating func buildNow() -> [Action] {
    switch state {
    case .building: return []
    case .idle:
      state = .building(meanwhile: nil)
      return [.start(triggers: [])]
    case .settling(let changes):
      state = .building(meanwhile: nil)
      return [.start(triggers: changes.files)]
    }
  }

  private func changes(of files: [String], at now: ContinuousClock.Instant) -> Changes {
    Changes(files: files, first: now, last: now, latest: now + patience)
  }

  private mutating func settle(_ changes: Changes, at now: ContinuousClock.Instant) -> [Action] {
    let due = min(changes.last + quiet, changes.latest)
    guard due <= now else {
      state = .settling(changes)
      return [.wait(until: due)]
    }
    state = .building(meanwhile: nil)
    return [.start(triggers: changes.files)]
  }
}
