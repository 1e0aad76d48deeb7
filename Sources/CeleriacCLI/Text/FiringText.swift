import CeleriacCore
import CeleriacSchedule

/// When a periodic task fires next, in words.
struct FiringText {
  let now: Timestamp
  let zones = ZoneLoader()

  /// The next firing, its zone applied; `anchor` is where an interval is counted from, if known.
  func next(_ schedule: Schedule, anchor: Timestamp?) -> String {
    do throws(ScheduleError) {
      try schedule.validate()
    } catch {
      return "never: \(error)"
    }
    guard let name = schedule.zone else {
      guard let anchor else { return "one interval after beat's first start" }
      return text(of: schedule.next(after: now, anchor: anchor, zone: .utc), in: .utc)
    }
    do throws(ZoneError) {
      let zone = try zones.zone(named: name)
      return text(of: schedule.next(after: now, anchor: now, zone: zone), in: zone)
    } catch {
      return "never: \(error)"
    }
  }

  private func text(of firing: Timestamp?, in zone: Zone) -> String {
    guard let firing else { return "never again" }
    let wait = Int((firing - now) / .seconds(1))
    let local = zone.local(at: firing).description.prefix(19)
    let clock = local.map { $0 == "T" ? " " : String($0) }.joined()
    return "\(clock) \(zone) (in \(Self.roughly(max(wait, 0))))"
  }

  // Two units are as much as anybody reads.
  private static func roughly(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
  }
}
