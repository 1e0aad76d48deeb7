import Foundation
import Synchronization

/// Counts, again and again, the beats that run in a folder; keeps the highest count.
final class BeatWatch: Sendable {
  private struct State {
    var isOver = false
    var most = 0
    var pids: Set<Int32> = []
  }

  private let state = Mutex(State())

  /// Begins to look, on a thread of its own.
  init(in folder: String) {
    Thread.detachNewThread { [weak self] in
      while let self, !state.withLock(\.isOver) {
        let beats = Self.beats(in: folder)
        state.withLock { state in
          state.most = max(state.most, beats.count)
          state.pids.formUnion(beats)
        }
        usleep(5000)
      }
    }
  }

  /// Ends it: how many there were at most, and how many in all.
  func finish() -> (atOnce: Int, inAll: Int) {
    state.withLock { state in
      state.isOver = true
      return (state.most, state.pids.count)
    }
  }

  private static func beats(in folder: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
      // What has ended, but is not reaped yet, has neither.
      let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?.split(separator: 0)
      guard let last = words?.last, last.elementsEqual("beat".utf8) else { return false }
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
      return own == folder
    }
  }
}
