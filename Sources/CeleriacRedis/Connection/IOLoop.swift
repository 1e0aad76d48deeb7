internal import CLinux
internal import Glibc

/// Something with a descriptor that an I/O loop watches.
protocol IOSource: AnyObject {
  /// The descriptor is ready for what `events` says.
  func isReady(for events: IOEvents)

  /// The loop has handled everything that was there and is about to sleep: write what gathered.
  func flush()

  /// The loop ends; the descriptor is not watched any more.
  func loopEnds()
}

/// What a descriptor is ready for, or is watched for.
struct IOEvents: OptionSet {
  let rawValue: UInt32

  static let read = IOEvents(rawValue: EPOLLIN.rawValue)
  static let write = IOEvents(rawValue: EPOLLOUT.rawValue)
  static let failure = IOEvents(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// The loop of one I/O thread: descriptors, timers, and work from other threads.
///
///     ┌─► work handed over ─► timers due ─► gathered output ─► epoll_wait ─► ready descriptors ─┐
///     └─────────────────────────────────────────────────────────────────────────────────────────┘
///
/// Not `Sendable`: whoever holds one is on its thread. That is what ``Confined`` relies on.
package final class IOLoop {
  /// The time at which this turn of the loop began.
  package private(set) var now = ContinuousClock.now

  let inbox: IOInbox
  private let epoll: Int32
  private var sources: [UInt64: any IOSource] = [:]
  private var lastToken: UInt64 = 0
  private var timers = TimerQueue<(IOLoop) -> Void>()
  private var unflushed: [any IOSource] = []

  init(epoll: Int32, inbox: IOInbox) {
    self.epoll = epoll
    self.inbox = inbox
  }

  /// Runs until the inbox says stop.
  func run() {
    watchInbox()
    while true {
      now = .now
      let isStopping = runWork()
      runTimers()
      flushOutput()
      if isStopping { break }
      wait()
    }
    end()
  }

  // The inbox' descriptor has token 0, which no source gets.
  private func watchInbox() {
    var event = epoll_event(events: IOEvents.read.rawValue, data: epoll_data_t(u64: 0))
    epoll_ctl(epoll, EPOLL_CTL_ADD, inbox.descriptor, &event)
  }

  // Work often leads to more: a reply resumes a task, which hands over its next command. That leaves
  // with the same write; but timers and sockets have their turn in between, whatever comes.
  private func runWork() -> Bool {
    for _ in 0..<8 {
      let (work, isStopping) = inbox.take()
      for perform in work { perform(self) }
      guard !work.isEmpty, !isStopping else { return isStopping }
    }
    return false
  }

  private func runTimers() {
    while let fire = timers.popDue(at: now) { fire(self) }
  }

  private func flushOutput() {
    while !unflushed.isEmpty {
      let sources = unflushed
      unflushed.removeAll(keepingCapacity: true)
      for source in sources { source.flush() }
    }
  }

  private func wait() {
    let timeout = inbox.prepareToSleep() ? milliseconds(until: timers.nextDue()) : 0
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
      let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), timeout)
      inbox.wakeUp()
      now = .now
      guard count > 0 else { return }  // a timer, or EINTR
      for event in events.prefix(Int(count)) {
        let (mask, token) = (event.events, event.data.u64)
        if token == 0 {
          inbox.clearDescriptor()
        } else {
          // Gone when an event before this one closed it.
          sources[token]?.isReady(for: IOEvents(rawValue: mask))
        }
      }
    }
  }

  /// Rounded up, so that a timer never fires before it is due.
  private func milliseconds(until due: ContinuousClock.Instant?) -> Int32 {
    guard let due else { return -1 }
    let (seconds, attoseconds) = (due - .now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let ceiling = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: min(seconds, 86_400) * 1000 + ceiling)
  }

  private func end() {
    let left = sources.values
    sources.removeAll()
    for source in left { source.loopEnds() }
    inbox.close()
    close(epoll)
  }
}

extension IOLoop {
  /// Names one timer.
  package struct TimerID: Hashable {
    let id: TimerQueue<(IOLoop) -> Void>.ID
  }

  /// Calls `fire` once, after a delay.
  package func schedule(
    after delay: Duration, _ fire: @escaping (IOLoop) -> Void
  ) -> TimerID {
    TimerID(id: timers.insert(fire, due: now.advanced(by: delay)))
  }

  /// Calls `fire` once, at an instant.
  package func schedule(
    at due: ContinuousClock.Instant, _ fire: @escaping (IOLoop) -> Void
  ) -> TimerID {
    TimerID(id: timers.insert(fire, due: due))
  }

  /// Forgets a timer, if it has not fired.
  package func cancel(_ timer: TimerID) {
    timers.remove(timer.id)
  }
}

extension IOLoop {
  /// Lets another thread call a closure of this one.
  func callable<Value: Sendable>(
    _ receive: @escaping (Value) -> Void
  ) -> @Sendable (Value) -> Void {
    let receive = Confined(receive, in: self)
    return { [inbox] value in
      inbox.put { loop in receive.value(in: loop)(value) }
    }
  }
}

extension IOLoop {
  /// Names one watched descriptor.
  struct Token {
    fileprivate let number: UInt64
  }

  /// Begins to watch a descriptor.
  func watch(_ descriptor: Int32, for events: IOEvents, _ source: any IOSource) -> Token {
    lastToken += 1
    sources[lastToken] = source
    control(EPOLL_CTL_ADD, descriptor, events, Token(number: lastToken))
    return Token(number: lastToken)
  }

  /// Changes what a descriptor is watched for.
  func change(_ descriptor: Int32, to events: IOEvents, _ token: Token) {
    control(EPOLL_CTL_MOD, descriptor, events, token)
  }

  /// Stops watching a descriptor; to be called before it is closed.
  func unwatch(_ descriptor: Int32, _ token: Token) {
    sources[token.number] = nil
    control(EPOLL_CTL_DEL, descriptor, [], token)
  }

  /// Looks away from a descriptor, whose source stays with the loop.
  func pause(_ descriptor: Int32) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
  }

  /// Looks at a paused descriptor again.
  func resume(_ descriptor: Int32, for events: IOEvents, _ token: Token) {
    control(EPOLL_CTL_ADD, descriptor, events, token)
  }

  /// Drops the source of a paused descriptor that is closed already: its number may be another's.
  func forget(_ token: Token) {
    sources[token.number] = nil
  }

  /// Has `flush` called before the loop sleeps.
  func flushLater(_ source: any IOSource) {
    unflushed.append(source)
  }

  private func control(
    _ operation: Int32, _ descriptor: Int32, _ events: IOEvents, _ token: Token
  ) {
    var event = epoll_event(events: events.rawValue, data: epoll_data_t(u64: token.number))
    epoll_ctl(epoll, operation, descriptor, &event)
  }
}
