/// What a Procfile says about a process beside its command; nil where it says nothing.
///
/// Written above the command, so that the Procfile stays one that other tools can read:
///
///     #: restart=always stop=TERM:30s after=redis
///     worker: .build/debug/demo worker
package struct ProcessOptions: Sendable, Equatable {
  /// When a process that has ended is started again.
  package enum Restart: String, Sendable, CaseIterable {
    case always
    case onFailure = "on-failure"
    case never
    /// Its end is the end of everything, with its exit code.
    case exit
  }

  /// How a process says that it can be relied on.
  package enum Ready: Sendable, Equatable {
    /// `READY=1` on the status pipe, or alive for some time, whichever comes first.
    case settled
    /// `READY=1` on the status pipe, and nothing else.
    case told
    /// Something accepts connections on this port; the text may hold `$PORT`.
    case port(String)
    /// This shell command exits with 0.
    case command(String)
    /// It writes a line in which this extended regular expression matches.
    case line(String)
    /// As soon as it runs.
    case started
    /// When it has ended well: a migration, say, that others wait for.
    case done
  }

  /// How a process is asked to stop.
  package struct Stop: Sendable, Equatable {
    package var signal: Int32?
    package var group = false
    package var timeout: Duration?
  }

  package var restart: Restart?
  package var reload: ReloadPolicy?
  package var ready: Ready?
  /// How long it has to be alive to count as ready, where nothing else says so.
  package var settleTime: Duration?
  /// How long it may take until it is ready.
  package var readyTimeout: Duration?
  package var stop = Stop()
  /// How long a replaced process may finish what it has in hand.
  package var drainTimeout: Duration?
  package var after: [String] = []
  package var singleton: Bool?
  /// Whether it gets a terminal of its own.
  package var pty = false
  package var watch: [String] = []
  package var success: Set<Int32> = [0]
  /// Short runs in a row until it is given up; 0 for never.
  package var maxRestarts: Int?
  /// How long it may be silent once it is ready.
  package var watchdog: Duration?
  /// The bytes of memory that it and its children may have together.
  package var memoryLimit: UInt?
  package var surroundings = Surroundings()

  package init() {}
}

/// Why an option could not be read; the parser adds file and line.
struct OptionError: Error, Equatable {
  var detail: String
  init(_ detail: String) { self.detail = detail }
}
