import Foundation
import Glibc
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
    processes().filter { pid in
      // What has ended, but is not reaped yet, has neither.
      let words = commandLine(of: pid).split(separator: 0)
      guard let last = words.last, last.elementsEqual("beat".utf8) else { return false }
      return workingFolder(of: pid) == folder
    }
  }

  // Without Foundation, which keeps some memory for each file of /proc that it reads: gigabytes, at
  // two hundred looks a second.
  private static func processes() -> [Int32] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var pids: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let pid = Int32(name) { pids.append(pid) }
    }
    return pids
  }

  private static func commandLine(of pid: Int32) -> [UInt8] {
    let file = open("/proc/\(pid)/cmdline", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    return [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(read(file, buffer.baseAddress, buffer.count), 0)
    }
  }

  private static func workingFolder(of pid: Int32) -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = max(readlink("/proc/\(pid)/cwd", &path, path.count), 0)
    return String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
