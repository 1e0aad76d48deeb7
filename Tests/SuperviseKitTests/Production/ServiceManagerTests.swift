import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ServiceManagerTests {
  private let start = ContinuousClock.Instant.now

  @Test func `nobody is told where nobody listens`() {
    #expect(ServiceManager(Environment(), now: start) == nil)
    #expect(ServiceManager(Environment(["NOTIFY_SOCKET": "relative"]), now: start) == nil)
    let long = "/" + String(repeating: "x", count: 200)
    #expect(ServiceManager(Environment(["NOTIFY_SOCKET": long]), now: start) == nil)
  }

  @Test func `a sign of life comes twice in the time that is given`() {
    func interval(_ variables: [String: String]) -> Duration? {
      ServiceManager.interval(Environment(variables), pid: 7)
    }

    #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
    #expect(interval([:]) == nil)
  }

  @Test func `the summary names what is amiss`() {
    func states(_ states: ProcessMachine.State...) -> [ServiceState] {
      states.enumerated().map { ServiceState(name: "web.\($0 + 1)", state: $1) }
    }

    #expect(ServiceState.summary(states(.ready, .done, .stopped)) == "3 of 3 ready")
    #expect(
      ServiceState.summary(states(.ready, .backoff(until: start), .failed))
        == "1 of 3 ready; web.2 backoff, web.3 failed")
    #expect(
      ServiceState.summary(states(.waiting, .waiting, .missing, .failed))
        == "0 of 4 ready; web.1 waiting, web.2 waiting, web.3 missing, …")
  }
}

@Suite(.timeLimit(.minutes(1)))
struct ResidentMemoryTests {
  @Test func `group and pages are found, whatever the name`() {
    let rest = (0..<30).map { "\(100 + $0)" }.joined(separator: " ")

    let usage = ResidentMemory.usage("12 (a) b (c)) S 1 77 77 \(rest)")

    // The 24th field: after the state, the parent, the group and the session come 17 more.
    #expect(usage?.group == 77)
    #expect(usage?.pages == 117)
  }

  @Test func `what is cut off or no such line is nothing`() {
    #expect(ResidentMemory.usage("") == nil)
    #expect(ResidentMemory.usage("12 (a) S 1 77") == nil)
    #expect(ResidentMemory.usage("12 (a S 1 77 77") == nil)
  }
}
