internal import Synchronization

/// Who has a subscriber's link: its I/O thread, or callers that wait one by one.
///
///     kept ──offer──► lent ⇄ in use ──give back──► kept
///                                └──demand──► wanted ──┘
final class ListeningLoan: Sendable {
  private enum Holder {
    case thread
    /// Whoever wants to listen may take it.
    case nobody(BorrowedLink)
    case caller
    /// A caller, who is to give it to the thread.
    case callerUntilAsked
  }

  private struct State {
    var holder = Holder.thread
    /// The channel that was listened to last, and is not left yet.
    var last: String?
    var uses = 0
  }

  /// What the thread is told that wants its link.
  enum Demand {
    /// It may have it now.
    case granted
    /// A caller has it for some milliseconds, and gives it back then.
    case noted
  }

  private let state = Mutex(State())

  /// How often the link was used.
  var uses: Int { state.withLock { $0.uses } }

  /// Whether callers use the link themselves at present.
  var isLent: Bool {
    state.withLock { state in
      switch state.holder {
      case .nobody, .caller, .callerUntilAsked: true
      case .thread: false
      }
    }
  }

  /// Lends the link out.
  func offer(_ link: BorrowedLink) {
    state.withLock { $0.holder = .nobody(link) }
  }

  /// Takes the link, and the channel to be left; nil when it is not to be had.
  func borrow(for channel: String) -> (link: BorrowedLink, last: String?)? {
    state.withLock { state in
      guard case .nobody(let link) = state.holder else { return nil }
      defer { state.last = channel }
      state.holder = .caller
      state.uses += 1
      return (link, state.last)
    }
  }

  /// Leaves the link to the next caller, or to its thread; true when that has to take it.
  func giveBack(_ link: BorrowedLink?) -> Bool {
    state.withLock { state in
      if case .caller = state.holder, let link {
        state.holder = .nobody(link)
        return false
      }
      state.holder = .thread
      return true
    }
  }

  /// Asks for the link, on its thread.
  func demand() -> Demand {
    state.withLock { state in
      switch state.holder {
      case .thread, .nobody:
        state.holder = .thread
        return .granted
      case .caller, .callerUntilAsked:
        state.holder = .callerUntilAsked
        return .noted
      }
    }
  }

  /// The channel that the callers have left to be left.
  func takeLast() -> String? { state.withLock { $0.last.take() } }
}
