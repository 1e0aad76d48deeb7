import Glibc

/// What a process and all its descendants have used, as the kernel tells.
struct ProcessUsage {
  private(set) var cpuSeconds = 0.0
  private(set) var residentBytes = 0
  /// Whether the process itself was halted, by SIGSTOP for one.
  private(set) var isHalted = false

  /// Beyond this many the answer would take longer than those who ask like.
  private static let most = 100
  private static let tick = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
  private static let page = max(1, sysconf(Int32(_SC_PAGESIZE)))

  /// nil when it is not there any more.
  init?(of pid: pid_t) {
    guard let own = Self.fields(of: pid) else { return nil }
    isHalted = own.first == "T"
    add(own, of: pid)
    var waiting = Self.children(of: pid)
    var seen = 1
    while let next = waiting.popLast(), seen < Self.most {
      seen += 1
      guard let fields = Self.fields(of: next) else { continue }
      add(fields, of: next)
      waiting += Self.children(of: next)
    }
  }

  private mutating func add(_ fields: [Substring], of pid: pid_t) {
    // From the state on: user, system, and both of children that were waited for.
    func seconds(_ range: ClosedRange<Int>) -> Double {
      fields[range].reduce(0) { $0 + (Double($1) ?? 0) } / Self.tick
    }
    cpuSeconds += (Self.exactSeconds(of: pid) ?? seconds(11...12)) + seconds(13...14)
    residentBytes += (Int(fields[21]) ?? 0) * Self.page
  }

  /// Ticks of a hundredth of a second say little of a short time.
  private static func exactSeconds(of pid: pid_t) -> Double? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The fields after the name, which may hold blanks and parentheses itself.
  private static func fields(of pid: pid_t) -> [Substring]? {
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 21 ? fields : nil
  }

  private static func children(of pid: pid_t) -> [pid_t] {
    (text("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ")
      .compactMap { pid_t($0) }
  }

  private static func text(_ path: String) -> String? {
    TextFile.bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
