import CLinux
import Glibc

/// The one place where the supervisor waits.
///
/// Descriptors, signals and the next deadline all end in one `epoll_wait`; with nothing to do the
/// process sleeps until something happens.
package final class EventLoop {
  package typealias Instant = ContinuousClock.Instant

  private let epoll: Descriptor
  private let timer: Descriptor
  private let signals: Descriptor
  /// Those of whom much may come at once; one descriptor among the others.
  private let crowd: Descriptor
  private var crowded: Set<Int32> = []
  private var receivers: [Int32: () -> Void] = [:]
  private var timerSetTo: Instant?

  /// Called for each signal of those given to `init`.
  var onSignal: (Int32) -> Void = { _ in }
  /// Called after each round of events, and when the deadline has come.
  var afterRound: () -> Void = {}
  /// When the loop is to wake at the latest.
  var deadline: () -> Instant? = { nil }
  private var running = true
  /// Set when this process may have been halted in this round.
  ///
  /// Before anything is found to be overdue, what has come meanwhile must be heard.
  var wasHalted = false

  /// Blocks the signals for this thread and all it starts; they arrive at `onSignal` instead.
  package init(signals numbers: [Int32]) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    sigprocmask(SIG_BLOCK, &set, nil)
    epoll = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
    signals = Descriptor(signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)))
    timer = Descriptor(
      timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK)))
    crowd = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
    guard epoll.number >= 0, crowd.number >= 0, signals.number >= 0, timer.number >= 0 else {
      throw SystemError("epoll")
    }
    watch(signals.number) { [unowned self] in readSignals() }
    watch(timer.number) { [unowned self] in
      timer.drainCounter()
      timerSetTo = nil
    }
    watch(crowd.number) {}
  }

  /// Calls `receive` whenever the descriptor can be read, or the other end has closed it.
  func watch(_ descriptor: Int32, writing: Bool = false, _ receive: @escaping () -> Void) {
    receivers[descriptor] = receive
    add(descriptor, for: writing ? EPOLLOUT : EPOLLIN, to: epoll)
  }

  /// Calls `receive` when a file of the kernel's announces that it reads differently now.
  func watchChanges(of descriptor: Int32, _ receive: @escaping () -> Void) {
    receivers[descriptor] = receive
    add(descriptor, for: EPOLLPRI, to: epoll)
  }

  /// Calls `receive` when the other end is gone altogether, and does not read any more either.
  func watchEnd(of descriptor: Int32, _ receive: @escaping () -> Void) {
    receivers[descriptor] = receive
    // Asked for or not, that is always told.
    add(descriptor, for: EPOLL_EVENTS(rawValue: 0), to: epoll)
  }

  /// As `watch`, for one that may have much to say: all others are heard first, and only a few of
  /// these in a round, so that nothing else waits for them.
  func watchPatiently(_ descriptor: Int32, _ receive: @escaping () -> Void) {
    receivers[descriptor] = receive
    crowded.insert(descriptor)
    add(descriptor, for: EPOLLIN, to: crowd)
  }

  private func add(_ descriptor: Int32, for events: EPOLL_EVENTS, to epoll: Descriptor) {
    var event = epoll_event()
    event.events = events.rawValue
    event.data.fd = descriptor
    epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event)
  }

  /// Must be called before the descriptor is closed.
  func unwatch(_ descriptor: Int32) {
    guard receivers.removeValue(forKey: descriptor) != nil else { return }
    let isCrowded = crowded.remove(descriptor) != nil
    epoll_ctl((isCrowded ? crowd : epoll).number, EPOLL_CTL_DEL, descriptor, nil)
  }

  package func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    afterRound()
    while running {
      setTimer()
      if hear(from: epoll, &events, atMost: events.count, waiting: -1) {
        _ = hear(from: crowd, &events, atMost: Self.fewOfTheCrowd, waiting: 0)
      }
      if wasHalted { wasHalted = false } else { afterRound() }
    }
  }

  /// With 64 KiB of each, about a millisecond's work.
  private static let fewOfTheCrowd = 8

  /// Calls those who are to be told; whether the crowd is among those that can be heard.
  private func hear(
    from epoll: Descriptor, _ events: inout [epoll_event], atMost limit: Int, waiting: Int32
  ) -> Bool {
    let count = epoll_wait(epoll.number, &events, Int32(limit), waiting)
    if count < 0 { wasHalted = true }
    var crowdCalls = false
    for index in 0..<max(0, Int(count)) {
      let descriptor = events[index].data.fd
      if descriptor == crowd.number { crowdCalls = true }
      // A receiver may have unwatched a later one of this round.
      receivers[descriptor]?()
    }
    return crowdCalls
  }

  func stop() {
    running = false
  }

  private func setTimer() {
    let wanted = deadline()
    guard wanted != timerSetTo else { return }
    timerSetTo = wanted
    var time = itimerspec()
    if let wanted {
      let (seconds, attoseconds) = max(wanted - .now, .nanoseconds(1)).components
      time.it_value = timespec(
        tv_sec: Int(seconds), tv_nsec: max(1, Int(attoseconds / 1_000_000_000)))
    }
    timerfd_settime(timer.number, 0, &time, nil)
  }

  private func readSignals() {
    var info = signalfd_siginfo()
    while read(signals.number, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {
      onSignal(Int32(info.ssi_signo))
    }
  }
}
