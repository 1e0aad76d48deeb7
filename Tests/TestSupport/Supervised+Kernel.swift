package import CLinux
internal import Glibc

// What the kernel says of a `supervise` and those around it.
extension Supervised {
  /// The processor time that all its threads have used.
  package var processorTime: Duration {
    let stat = String(decoding: Self.contents("/proc/\(pid)/stat"), as: UTF8.self)
    guard let end = stat.lastIndex(of: ")") else { return .zero }
    let fields = stat[end...].split(separator: " ")
    let ticks = fields.dropFirst(12).prefix(2).compactMap { Int($0) }.reduce(0, +)
    return .milliseconds(ticks * 1000 / max(1, Int(sysconf(Int32(_SC_CLK_TCK)))))
  }

  /// Its children whose program, or thread, is called so.
  package func children(named name: String) -> [pid_t] {
    let list = String(decoding: Self.contents("/proc/\(pid)/task/\(pid)/children"), as: UTF8.self)
    return list.split(separator: " ").compactMap { pid_t($0) }.filter { child in
      Self.contents("/proc/\(child)/comm").elementsEqual((name + "\n").utf8)
    }
  }

  /// The command lines of processes, their words separated by blanks.
  package func commands(of pids: [pid_t]) -> [String] {
    pids.map { pid in
      let words = Self.contents("/proc/\(pid)/cmdline").split(separator: 0)
      return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
  }

  /// How often its main thread has gone to sleep and woken.
  package var contextSwitches: Int {
    let text = String(decoding: Self.contents("/proc/\(pid)/status"), as: UTF8.self)
    return text.split(separator: "\n").filter { $0.hasPrefix("voluntary_ctxt_switches") }
      .compactMap { Int($0.drop { !$0.isNumber }) }.reduce(0, +)
  }

  /// How much memory of its own it has in use, in bytes: all but what the files of its code hold.
  package var ownBytes: Int {
    let fields = Self.contents("/proc/\(pid)/statm").split(separator: 0x20)
    let pages = fields.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard pages.count > 2 else { return 0 }
    return (pages[1] - pages[2]) * Int(getpagesize())
  }

  /// Processes with this test's mark in their environment, but for `supervise` itself.
  package func survivors() -> [pid_t] {
    Self.names(in: "/proc").compactMap { pid_t($0) }.filter { candidate in
      candidate != pid
        && Self.contents("/proc/\(candidate)/environ").split(separator: 0)
          .contains { $0.elementsEqual(mark.utf8) }
    }
  }

  /// Waits until none of them is left, so that the end of one may take its time to be seen.
  package func survivorsAfterWaiting(_ time: Duration = .seconds(5)) -> [pid_t] {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      let left = survivors()
      if left.isEmpty { return [] }
      usleep(10_000)
    }
    return survivors()
  }

  /// What is left in its own folder beside the processes.
  package var leftovers: [String] { Self.names(in: path(".supervise")).sorted() }

  /// How many files, pipes and sockets it has open.
  package var descriptors: Int { Self.names(in: "/proc/\(pid)/fd").count }

  /// Its children that have ended and that it has not reaped.
  package var zombies: [pid_t] {
    let list = String(decoding: Self.contents("/proc/\(pid)/task/\(pid)/children"), as: UTF8.self)
    return list.split(separator: " ").compactMap { pid_t($0) }.filter { child in
      let stat = Self.contents("/proc/\(child)/stat")
      guard let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.count else {
        return false
      }
      return stat[end + 2] == UInt8(ascii: "Z")
    }
  }
}
