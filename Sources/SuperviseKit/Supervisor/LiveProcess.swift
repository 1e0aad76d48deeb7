import CLinux
import Glibc

/// One process of the operating system, from its start until nothing is left of its group.
final class LiveProcess {
  /// Whose process it is.
  enum Owner {
    case place(Placement)
    case probe(Placement)
    case build
  }

  /// Why it is not to be called ready, by its own word.
  enum Notice: String {
    case unready, stopping
  }

  /// One of its pipes: where it is read, and as which stream it is logged.
  struct Pipe {
    var descriptor: Descriptor
    var stream: LogMerger.StreamID
    var source: LogSource
  }

  let id: String
  var name: String
  let owner: Owner
  let pid: pid_t
  let startedAt: ContinuousClock.Instant
  private let handle: Descriptor
  /// A control group of its own, where supervise may make such.
  let cgroup: Cgroup?

  var pipes: [Pipe] = []
  /// What came last out of pipes that are closed by now.
  var lastLines: [[UInt8]] = []
  /// Our end of its terminal, where it has one.
  let terminal: Descriptor?
  var status: Descriptor?
  /// When it is to be said that its status pipe has ended, if it still runs then.
  var sayStatusEndAt: ContinuousClock.Instant?
  var statusReader = StatusReader()
  var statusText: String?
  var busy: Int?
  /// What it has said of itself since it was ready, and not taken back.
  var notice: Notice?

  var ended: Ended?
  /// Whether it was to end, with all that it has started; what ends by itself may leave a daemon.
  var wasAsked = false
  /// Set when neither it nor its group is left; the pipes may still hold something.
  var isGone = false
  var closePipesAt: ContinuousClock.Instant?
  var escalation: StopEscalation?
  /// When it is to be said that it has been told to stop and still runs.
  var sayAt: ContinuousClock.Instant?
  var wasKilled = false
  /// It has become another user, whom nobody here can send a signal.
  private(set) var isOutOfReach = false
  private var groupIsEmpty = false
  /// Tells when the last of those has ended that have left its group.
  var deserterEnds: Descriptor?

  init(
    id: String, name: String, owner: Owner, spawned: Spawned, cgroup: Cgroup? = nil,
    now: ContinuousClock.Instant
  ) {
    self.id = id
    self.name = name
    self.owner = owner
    pid = spawned.pid
    handle = spawned.handle
    self.cgroup = cgroup
    status = spawned.status
    terminal = spawned.terminal
    startedAt = now
  }

  /// What the place that it fills is known by.
  var place: String {
    if case .place(let placement) = owner { placement.id } else { name }
  }

  var isOfPlace: Bool {
    if case .place = owner { true } else { false }
  }

  /// How long it may take to end when it was asked to.
  var stopTimeout: Duration {
    if case .place(let placement) = owner { placement.settings.stopTimeout } else { .zero }
  }

  /// Whether its group still has members, zombies included.
  ///
  /// Only asked after the leader was reaped. Its number cannot be given to another process as long
  /// as the group has members, and it is never asked again after the first no.
  var groupHasMembers: Bool {
    if !groupIsEmpty { groupIsEmpty = kill(-pid, 0) < 0 && errno != EPERM }
    return !groupIsEmpty
  }

  /// Those that have left its group and have to end as well.
  ///
  /// Only asked when its group is empty.
  var deserters: [pid_t] {
    wasAsked ? cgroup?.members ?? [] : []
  }

  var hasDeserters: Bool {
    wasAsked && cgroup?.isPopulated ?? false
  }

  /// Sends a signal that is to be heard: one that is halted hears of nothing until it goes on.
  func send(_ signal: StopEscalation.Signal) {
    deliver(signal.number, toGroup: signal.group)
    if signal.number != SIGKILL { deliver(SIGCONT, toGroup: signal.group) }
  }

  /// Sends a signal to itself alone, whatever becomes of it.
  func pass(on signal: Int32) { deliver(signal, toGroup: false) }

  private func deliver(_ number: Int32, toGroup: Bool) {
    guard !isGone else { return }
    if number == SIGKILL { wasKilled = true }
    if toGroup, !groupIsEmpty { note(kill(-pid, number) < 0 ? errno : 0, from: number) }
    defer { if toGroup, number == SIGKILL { killCgroup() } }
    // It may have left its own group.
    guard ended == nil, !toGroup || getpgid(pid) != pid else { return }
    note(-cel_pidfd_signal(handle.number, number), from: number)
  }

  private func killCgroup() {
    guard ended == nil || wasAsked, let cgroup else { return }
    // The kernel asks whose the control group is, not who runs in it.
    if cgroup.kill() { isOutOfReach = false }
  }

  private func note(_ error: Int32, from number: Int32) {
    if number == SIGKILL { isOutOfReach = error == EPERM }
  }
}
