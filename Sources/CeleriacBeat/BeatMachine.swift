import CeleriacCore
import CeleriacSchedule

/// What a beat does next, decided without clock and broker.
///
/// All that is to be done for the entries at one time is done at once; whoever performs it tells
/// what came of each request before asking again.
struct BeatMachine {
  enum Action: Equatable {
    case perform([Request])
    case sleep(until: Timestamp)
  }

  /// Something to do for an entry, which is known by its place in the timetable.
  struct Request: Equatable {
    let entry: Int
    let step: Step
  }

  enum Step: Equatable {
    /// Asks the broker for the entry's state; if it has none, intervals begin at `startingAt`.
    ///
    /// Repeated each minute, from the last instant fired: it keeps the state from expiring, and
    /// beats whose broker was emptied, or reset by one with another schedule, find back to one grid
    /// without firing again what was fired.
    case read(startingAt: Timestamp)
    /// Fires the instant `due`, which stands for all from `since` on.
    case fire(due: Timestamp, since: Timestamp)
    /// Says that the policy has left out what was due in a stretch of time; it is behind us.
    case leaveOut(since: Timestamp, through: Timestamp)
  }

  enum Event {
    /// The broker's state of the entry.
    case learned(BeatState)
    /// The instant was fired, here or elsewhere.
    case settled(Timestamp)
    /// The broker did not answer, or not as it should; what it did is unknown.
    case failed
  }

  /// Something that a person should know.
  enum Remark: Equatable {
    /// The entry was fired for a time that this clock has yet to show; nothing is due until then.
    case clockBehind(Timestamp)
  }

  private var tracks: [EntryTrack]

  init(_ timetable: Timetable) {
    tracks = timetable.lines.map(EntryTrack.init)
  }

  /// What to do now.
  mutating func next(at now: Timestamp) -> Action {
    var requests: [Request] = []
    var wakeUp = Timestamp.distantFuture
    for index in tracks.indices {
      switch tracks[index].next(at: now) {
      case .sleep(let until): wakeUp = min(wakeUp, until)
      case .act(let step): requests.append(Request(entry: index, step: step))
      }
    }
    return requests.isEmpty ? .sleep(until: wakeUp) : .perform(requests)
  }

  /// Takes in what came of a request.
  mutating func receive(_ event: Event, for entry: Int, at now: Timestamp) -> Remark? {
    tracks[entry].receive(event, at: now)
  }
}
