import DeliveryModel
import Testing

/// Every state that two workers and two messages can reach, and what holds in each.
///
/// A message is in one place; no worker that lives loses its loans; what a worker without lease asks for
/// is refused; no success is overwritten. And from each state a schedule without further faults leads
/// to the end.
@Suite(.timeLimit(.minutes(5)))
struct DeliveryModelTests {
  @Test(arguments: Trouble.all)
  func `all messages are done, each in one place all the way`(_ trouble: Trouble) {
    let verdict = Explorer.explore(trouble.scenario)

    #expect(verdict.counterexample == nil)
    #expect(verdict.left == [:], "the model is too small for the scenario")
    print("model: \(trouble.testDescription): \(verdict.states) states, \(verdict.steps) steps")
  }

  @Test func `a message that kills its worker is given up, and its neighbour is not`() {
    var scenario = Scenario([.poison, .ordinary])
    scenario.workers = 1

    let verdict = Explorer.explore(scenario)

    #expect(verdict.counterexample == nil)
    #expect(verdict.left == [:])
  }

  @Test func `of two messages that kill their worker, neither condemns their neighbour`() {
    var scenario = Scenario([.poison, .poison, .ordinary])
    scenario.workers = 1

    // Not all states; without the rule, these are enough to see the neighbour buried.
    let counterexample = Explorer.search(scenario, nearest: 120_000)

    #expect(counterexample == nil)
  }

  @Test func `two workers give up what kills them after three crashes in all`() {
    let verdict = Explorer.explore(Scenario([.poison]))

    #expect(verdict.counterexample == nil)
    #expect(verdict.left == [:])
  }

  @Test func `what is acknowledged early runs once at most`() {
    var scenario = Scenario([.early])
    scenario.pauses = 1
    scenario.losses = 1

    let verdict = Explorer.explore(scenario)

    #expect(verdict.counterexample == nil)
    #expect(verdict.left == [:])
  }
}

/// What goes wrong while messages are delivered.
struct Trouble: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let scenario: Scenario

  private init(_ description: String, messages: Int, _ change: (inout Scenario) -> Void) {
    testDescription = "\(description), messages: \(messages)"
    var scenario = Scenario(Array(repeating: .ordinary, count: messages))
    change(&scenario)
    self.scenario = scenario
  }

  static let all = [
    Trouble("nothing", messages: 2) { _ in },
    Trouble("retries and messages handed back", messages: 2) { $0.retries = 2 },
    Trouble("a crash or a stop", messages: 2) { $0.crashes = 1 },
    Trouble("a lost or late request", messages: 2) { $0.losses = 1 },
    Trouble("a pause", messages: 2) { $0.pauses = 1 },
    Trouble("an outage of Redis", messages: 2) { $0.outages = 1 },
    Trouble("a crash, and a lost or late request", messages: 1) {
      $0.crashes = 1
      $0.losses = 1
    },
    Trouble("a pause, and a lost or late request", messages: 1) {
      $0.pauses = 1
      $0.losses = 1
    },
    Trouble("an outage of Redis, and a crash", messages: 1) {
      $0.outages = 1
      $0.crashes = 1
    },
    Trouble("two beats and a crash", messages: 1) {
      $0.beats = 2
      $0.crashes = 1
    },
    Trouble("a retry and a pause, with progress stored", messages: 1) {
      $0.retries = 1
      $0.hasProgress = true
      $0.pauses = 1
    },
  ]
}
