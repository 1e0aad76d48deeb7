import Testing

/// What is wrong with parameters and results; `‸` marks where each message points.
@Suite(.timeLimit(.minutes(1)))
struct ParameterMistakeTests {
  @Test(arguments: [
    ("@Task func sum(‸_ numbers: Int...) {}", "@Task func sum(_ numbers: [Int]) {}"),
    (
      "@Task func sum(_ start: Int, ‸of numbers: Int..., to end: Int) {}",
      "@Task func sum(_ start: Int, of numbers: [Int], to end: Int) {}"
    ),
  ])
  func `variadic parameters become arrays`(source: String, fixed: String) {
    expectMistake(
      source, "a variadic parameter can't be a task's: take an array", fixIt: "take an array",
      fixed: fixed)
  }

  @Test func `nothing can be written back to the caller`() {
    expectMistake(
      "@Task func count(_ total: ‸inout Int, by step: Int) {}",
      "an 'inout' parameter can't be a task's: the caller's variable is in another process",
      fixIt: "remove 'inout'", fixed: "@Task func count(_ total: Int, by step: Int) {}")
  }

  @Test func `an actor to run on does not travel`() {
    expectMistake(
      "@Task func count(on actor: ‸isolated Counter) {}",
      "an 'isolated' parameter can't be a task's: an actor does not travel in a message")
  }

  @Test(arguments: [
    ("_ body: ‸() -> Void", "'() -> Void' is a function, which can't travel in a message"),
    (
      "_ body: @escaping @Sendable ‸(Int) async -> Int",
      "'(Int) async -> Int' is a function, which can't travel in a message"
    ),
    ("_ body: (‸() -> Void)?", "'() -> Void' is a function, which can't travel in a message"),
    ("_ x: @autoclosure ‸() -> Int", "'() -> Int' is a function, which can't travel in a message"),
    (
      "_ x: ‸some Sequence<Int>",
      "'some Sequence<Int>' can't travel in a message: a task names the type itself"
    ),
    ("_ x: [‸some Shape]", "'some Shape' can't travel in a message: a task names the type itself"),
    (
      "_ x: ‸any Shape",
      "'any Shape' is not Codable, whatever it holds: a task names the type itself"
    ),
    (
      "_ x: [String: ‸Any]",
      "'Any' is not Codable, whatever it holds: a task names the type itself"
    ),
    (
      "_ x: Result<Int, ‸any Error>",
      "'any Error' is not Codable, whatever it holds: a task names the type itself"
    ),
    ("_ x: ‸(Int, Int)", "'(Int, Int)' is a tuple, which is not Codable: use a struct"),
    ("_ x: [‸(a: Int, Int)]?", "'(a: Int, Int)' is a tuple, which is not Codable: use a struct"),
    ("_ x: [‸Self]", "'Self' can't be used here: write the type's name"),
  ])
  func `a type that cannot travel is refused`(parameter: String, message: String) {
    expectMistake("@Task func draw(\(parameter)) {}", message)
  }

  @Test(arguments: [
    ("‸() -> Void", "'() -> Void' is a function, which can't travel in a message"),
    ("‸some Shape", "'some Shape' can't travel in a message: a task names the type itself"),
    (
      "(‸any Shape)?",
      "'any Shape' is not Codable, whatever it holds: a task names the type itself"
    ),
    ("‸(Int, Int)", "'(Int, Int)' is a tuple, which is not Codable: use a struct"),
    ("‸Self", "'Self' can't be used here: write the type's name"),
  ])
  func `a result that cannot travel is refused`(result: String, message: String) {
    expectMistake("@Task func draw(_ x: Int) -> \(result) {}", message)
  }

  @Test(arguments: ["()", "Void", "Swift.Void", "(Int)", "Int?", "[String: [Int]]", "Set<Int>"])
  func `other results are left to the compiler`(result: String) {
    #expect(Expansion(of: "@Task func draw(_ x: Int) -> \(result) {}").mistakes.isEmpty)
  }

  @Test(arguments: [
    "@Task func send(to x: Int, ‸to y: Int) {}",
    "@Task func send(_ to: Int, ‸to y: Int) {}",
  ])
  func `two parameters of one name on the wire are refused`(source: String) {
    expectMistake(source, "two parameters would travel as 'to': give this one another label")
  }

  @Test(arguments: [
    "@Task func send(_ x: Int, ‸_ context: TaskContext) {}",
    "@Task func send(_ a: TaskContext, ‸context: CeleriacCore.TaskContext) {}",
  ])
  func `the context comes first`(source: String) {
    expectMistake(source, "the context has to be the first parameter")
  }

  @Test(arguments: [
    (
      "@PeriodicTask(runEvery: .seconds(30)) func send(‸_ x: Int, to y: Int = 2) {}",
      "a schedule gives no arguments: 'x' needs a default value"
    ),
    (
      "@PeriodicTask(.daily(at: \"07:30\")) func send(_ context: TaskContext, ‸to y: Int?) {}",
      "a schedule gives no arguments: 'to' needs a default value"
    ),
  ])
  func `what a schedule calls has defaults`(source: String, message: String) {
    expectMistake(source, message)
  }

  @Test(arguments: [
    ("@Task func send(x: Int = ‸delay) {}", "delay"),
    ("@Task func send(x: Int = max(1, ‸options.count)) {}", "options"),
    ("@Task(queue: ‸name) func send(x: Int) {}", "name"),
    ("@PeriodicTask(.every(‸source)) func send() async {}", "source"),
  ])
  func `names that the handle would capture are refused`(source: String, name: String) {
    expectMistake(
      source, "'\(name)' would be the task's own '\(name)' here: put its module or type in front")
  }

  @Test(arguments: [
    "@Task func send(x: Int = Mail.delay, y: Options = .run) {}",
    "@Task(retry: .fixed(attempts: 3).when { name in name.check }) func send(x: Int) {}",
  ])
  func `names after a dot or in a closure are not captured`(source: String) {
    #expect(Expansion(of: source).mistakes == [])
  }
}
