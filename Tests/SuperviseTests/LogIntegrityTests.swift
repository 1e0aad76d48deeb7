import Glibc
import TestSupport
import Testing

/// What promises the most of a log: each line whole, in order, and none lost, whoever reads it.
///
/// `LOG_LINES=10000000` makes it ten million lines.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct LogIntegrityTests {
  enum Reader: CaseIterable, Sendable {
    case fast, slow, stopped
  }

  private static let writers = 20
  private static let total =
    getenv("LOG_LINES").flatMap { Int(String(cString: $0)) } ?? 1_000_000
  private static let lines = total / writers
  private static let victims = 5

  @Test(arguments: Reader.allCases)
  func `lines of twenty processes arrive whole, in order and all of them`(reader: Reader) throws {
    let run = try Supervised(["Procfile": Self.procfile], environment: ["LINES_GATE": "go"])
    let checker = try LineChecker(
      processes: Self.writers, lines: Self.lines,
      bytesPerSecond: reader == .slow ? 30_000_000 : 0)
    try run.start(["prod"], readBy: checker)
    while !(0..<Self.victims).allSatisfy({ run.has("victim\($0)") }) { usleep(1000) }
    let before = run.ownBytes

    if reader == .stopped { checker.signal(SIGSTOP) }
    try run.write("", to: "go")
    var answers = AnswerTimes(of: run)
    var times: [Duration] = []
    for victim in 0..<Self.victims {
      // In the middle of it.
      for _ in 0..<20 {
        usleep(10_000)
        try answers.ask()
      }
      times.append(try Self.timeToReplace("victim\(victim)", in: run))
    }
    // One may be late because the machine is busy, but not most of them.
    #expect(times.sorted()[Self.victims / 2] < .milliseconds(50))
    if reader == .stopped {
      #expect(run.ownBytes - before < 5 << 20)
      checker.signal(SIGCONT)
    }
    try checker.waitUntilComplete { try answers.ask() }
    print("\(reader) reader, \(Self.total) lines: \(answers.summary)")
    // 50 ms are promised of a machine that has time for it; here others may want it as well.
    #expect(answers.percentile(50) < .milliseconds(100))
    #expect(answers.percentile(100) < .seconds(2))

    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(
      try checker.verdict()
        == "lines=\(Self.lines * Self.writers) bad=0 missing=0 disorder=0")
    #expect(run.survivorsAfterWaiting() == [])
  }

  /// How long it takes until a process that was killed is there again, whatever the log does.
  private static func timeToReplace(_ victim: String, in run: Supervised) throws -> Duration {
    let pid = try #require(pid_t(run.text(victim)))
    let began = ContinuousClock.now
    kill(pid, SIGKILL)
    while pid_t(run.text(victim)) ?? pid == pid {
      usleep(500)
      if ContinuousClock.now - began > .seconds(10) { break }
    }
    return ContinuousClock.now - began
  }

  private static let procfile: String = {
    let program = Supervised.builtPath("LineWriter")
    var text = (0..<victims).map { "victim\($0): \(program) born victim\($0)\n" }.joined()
    for number in 0..<writers {
      // All ways to write, to both of the descriptors.
      let mode = ["line", "block", "odd"][number % 3]
      let name = "w" + (number < 10 ? "0" : "") + String(number)
      text += "\(name): \(program) write \(name) \(lines) \(mode) \(1 + number % 2)\n"
    }
    return text
  }()
}
