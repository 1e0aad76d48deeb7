import CeleriacCore
import CeleriacSchedule

extension BrokerPromise {
  static let firing: [BrokerPromise] = [
    BrokerPromise("with many beats each instant is fired once") { subject in
      let entry = BeatEntryID(name: "tick", schedule: "every 30 s")
      let start = subject.clock.now()
      let message = Message(bytes: Array("{}".utf8), queue: "ticks")

      for tick in 0..<5 {
        let due = start + .seconds(30 * tick)
        let fired = try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<8 {
            group.addTask { try await subject.broker.fire(entry, due: due, message: message) }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try expect(fired, is: 1)
      }

      try expect(try await subject.broker.length(of: "ticks"), is: 5)
    },
    BrokerPromise("entries fire independently of each other") { subject in
      let due = subject.clock.now()
      let message = Message(bytes: Array("{}".utf8), queue: "ticks")

      for name in ["a", "b"] {
        let id = BeatEntryID(name: name, schedule: "every 30 s")
        try require(
          try await subject.broker.fire(id, due: due, message: message), "\(id) has not fired")
      }
    },
    BrokerPromise("the first beat sets the anchor, and the last firing is known") { subject in
      let entry = BeatEntryID(name: "tick", schedule: "every 30 s")
      // Brokers keep instants to the millisecond.
      let now = subject.clock.now()
      let start = Timestamp(microsecondsSince1970: now.milliseconds * 1000)
      let message = Message(bytes: Array("{}".utf8), queue: "ticks")

      let first = try await subject.broker.beatState(of: entry, startingAt: start)
      _ = try await subject.broker.fire(entry, due: start + .seconds(30), message: message)
      let later = try await subject.broker.beatState(of: entry, startingAt: start + .seconds(45))
      let changed = BeatEntryID(name: "tick", schedule: "every 60 s")
      let anew = try await subject.broker.beatState(of: changed, startingAt: start + .seconds(45))

      try expect(first, is: BeatState(anchor: start, lastFired: nil))
      try expect(later, is: BeatState(anchor: start, lastFired: start + .seconds(30)))
      try expect(anew, is: BeatState(anchor: start + .seconds(45), lastFired: nil))
    },
    BrokerPromise("an entry with two schedules fires no instant twice, and never backwards") {
      subject in
      let old = BeatEntryID(name: "tick", schedule: "every 30 s")
      let new = BeatEntryID(name: "tick", schedule: "every 60 s")
      let start = subject.clock.now()
      let message = Message(bytes: Array("{}".utf8), queue: "ticks")

      var fired: [Bool] = []
      for (entry, second) in [(old, 60), (new, 60), (old, 60), (new, 120), (old, 90), (old, 150)] {
        fired.append(
          try await subject.broker.fire(entry, due: start + .seconds(second), message: message))
      }

      try expect(fired, is: [true, false, false, true, false, true])
      try expect(try await subject.broker.length(of: "ticks"), is: 3)
    },
    BrokerPromise("each of two schedules keeps its anchor while both are in use") { subject in
      let old = BeatEntryID(name: "tick", schedule: "every 30 s")
      let new = BeatEntryID(name: "tick", schedule: "every 60 s")
      let start = Timestamp(microsecondsSince1970: subject.clock.now().milliseconds * 1000)

      var anchors: [Timestamp] = []
      for (entry, second) in [(old, 0), (new, 45), (old, 50), (new, 55)] {
        let state = try await subject.broker.beatState(
          of: entry, startingAt: start + .seconds(second))
        anchors.append(state.anchor)
      }

      try expect(anchors, is: [0, 45, 0, 45].map { start + .seconds($0) })
    },
    BrokerPromise("of many schedules the four used last are kept") { subject in
      let start = Timestamp(microsecondsSince1970: subject.clock.now().milliseconds * 1000)
      let uses = [1, 2, 3, 4, 1, 5, 1, 2]

      var anchors: [Timestamp] = []
      for (second, seconds) in uses.enumerated() {
        let entry = BeatEntryID(name: "tick", schedule: "every \(seconds) s")
        let state = try await subject.broker.beatState(
          of: entry, startingAt: start + .seconds(second))
        anchors.append(state.anchor)
        // Which one was used last is known to the millisecond.
        try await subject.pass(.milliseconds(3))
      }

      // The fifth to come, after the first was used again, takes the place of the second.
      try expect(anchors, is: [0, 1, 2, 3, 0, 5, 0, 7].map { start + .seconds($0) })
    },
  ]
}
