import DeliveryModel
import Testing

/// Each rule of the protocol is there for something: without it, the model finds what goes wrong.
@Suite(.timeLimit(.minutes(5)))
struct BrokenProtocolTests {
  @Test(arguments: BrokenRule.all)
  func `without one of its rules, the protocol fails`(_ broken: BrokenRule) throws {
    let verdict = Explorer.explore(broken.scenario)

    let counterexample = try #require(verdict.counterexample)
    #expect(broken.flaws.contains(counterexample.flaw), "\(counterexample)")
    print("model: \(broken.testDescription): \(counterexample)")
  }

  @Test func `a counterexample tells the way there`() throws {
    var scenario = Scenario([.ordinary])
    scenario.workers = 1
    scenario.crashes = 1
    scenario.rules.waitsIntoLoans = false

    let counterexample = try #require(Explorer.explore(scenario).counterexample)

    #expect(
      "\(counterexample)" == """
        a message is nowhere:
          1. worker 1 registers lease A
          2. worker 1 finds nothing and waits, lease A
          3. message 1 is sent
          4. message 1 moves into what is waited with, lease A
        """)
  }
}

/// A rule that does not hold, where it is needed.
struct BrokenRule: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// What may come of it.
  let flaws: Set<String>
  let scenario: Scenario

  private init(
    _ description: String, finds flaws: String..., messages: [Scenario.Message] = [.ordinary],
    workers: Int = 2, _ change: (inout Scenario) -> Void
  ) {
    testDescription = description
    self.flaws = Set(flaws)
    var scenario = Scenario(messages)
    scenario.workers = workers
    change(&scenario)
    self.scenario = scenario
  }

  static let all = [
    BrokenRule("waiting with BRPOP", finds: "a message is nowhere", workers: 1) {
      $0.rules.waitsIntoLoans = false
      $0.crashes = 1
    },
    BrokenRule(
      "settling when the lease is over", finds: "a worker without lease has settled"
    ) {
      $0.rules.fences = false
      $0.pauses = 1
    },
    BrokenRule(
      "dropping a batch while a settlement is on the way", finds: "a message is nowhere",
      messages: [.ordinary, .ordinary], workers: 1
    ) {
      $0.rules.dropsArrivedOnly = false
      $0.losses = 1
      $0.retries = 1
    },
    BrokenRule(
      "recovering at once after an outage",
      finds: "the loans of a worker that lives are given to others"
    ) {
      $0.rules.waitsAfterOutage = false
      $0.outages = 1
    },
    BrokenRule(
      "forgetting a batch that a late request may fill", finds: "a message is nowhere",
      workers: 1
    ) {
      $0.rules.awaitsLateRequests = false
      $0.losses = 1
    },
    BrokenRule(
      "sweeping a dead worker's loans once", finds: "nothing goes on, and not all is done",
      workers: 1
    ) {
      $0.rules.sweepsAgain = false
      $0.crashes = 1
    },
    BrokenRule(
      "letting a name come back", finds: "a worker with a lease holds what is not on loan to it"
    ) {
      $0.rules.registersOnce = false
      $0.losses = 1
      $0.pauses = 1
    },
    BrokenRule(
      "firing without a record", finds: "a message is in two places", workers: 1
    ) {
      $0.rules.firesOnce = false
      $0.beats = 2
    },
    BrokenRule("overwriting a success", finds: "a success is overwritten") {
      $0.rules.keepsSuccess = false
      $0.hasProgress = true
      $0.pauses = 1
    },
    BrokenRule(
      "trusting a repeated early acknowledgement",
      finds: "a message that was acknowledged early runs twice", messages: [.early]
    ) {
      $0.rules.trustsRepetition = true
      $0.losses = 1
      $0.pauses = 1
    },
    BrokenRule(
      "not counting crashes",
      finds: "a message is given up after another number of crashes than it may cause",
      messages: [.poison], workers: 1
    ) { $0.rules.countsCrashes = false },
    BrokenRule(
      "running suspects together", finds: "a message that never harmed a worker is buried",
      messages: [.poison, .ordinary], workers: 1
    ) { $0.rules.company = .anything },
    BrokenRule(
      "running a suspect beside what runs already",
      finds: "a message that never harmed a worker is buried",
      messages: [.poison, .poison, .ordinary], workers: 1
    ) { $0.rules.company = .earlier },
  ]
}
