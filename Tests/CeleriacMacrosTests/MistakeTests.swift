import Testing

/// The sentences that users read; `‸` marks where in their source each one points.
@Suite(.timeLimit(.minutes(1)))
struct MistakeTests {
  @Test(arguments: [
    (
      "@Task func show‸<Item>(_ item: Item) {}",
      "a generic function can't be a task: a message does not say what 'Item' stands for"
    ),
    (
      "@Task func show‸<Key: Hashable, Value>(_ items: [Key: Value]) {}",
      "a generic function can't be a task: a message does not say what 'Key' and 'Value' stand for"
    ),
    (
      "enum Sum { @Task static func ‸+ (x: Int, y: Int) -> Int { 0 } }",
      "an operator can't be a task: give the function a name"
    ),
    ("‸@Task struct Mail {}", "'@Task' makes a task of a function, and this is none"),
    ("‸@Task var mail: Int { 0 }", "'@Task' makes a task of a function, and this is none"),
    (
      "‸@PeriodicTask(runEvery: .seconds(1)) struct Mail {}",
      "'@PeriodicTask' makes a task of a function, and this is none"
    ),
  ])
  func `what is no plain function is refused`(source: String, message: String) {
    expectMistake(source, message)
  }

  @Test(arguments: [
    (
      "@Task func ‸tick() {}",
      "@Task func tick() async {}"
    ),
    (
      "@Task func ‸tick() throws -> Int { 0 }",
      "@Task func tick() async throws -> Int { 0 }"
    ),
    (
      "@Task\npublic func ‸tick(\n) {}",
      "@Task\npublic func tick(\n) async {}"
    ),
    (
      "@PeriodicTask(runEvery: .seconds(30)) func ‸tick() {}",
      "@PeriodicTask(runEvery: .seconds(30)) func tick() async {}"
    ),
  ])
  func `a synchronous function without parameters and its task would be one name`(
    source: String, fixed: String
  ) {
    expectMistake(
      source,
      "a task without parameters has to be 'async': Swift can't tell the function 'tick' from the "
        + "task 'tick' otherwise",
      fixIt: "insert 'async'", fixed: fixed)
  }

  @Test(arguments: [
    "@Task func tick() async {}",
    "@Task func tick(_ context: TaskContext) {}",
    "@Task func tick(times: Int = 1) {}",
  ])
  func `a function that Swift can tell from its task may be synchronous`(source: String) {
    #expect(Expansion(of: source).mistakes.isEmpty)
  }

  @Test(arguments: [
    (
      "struct Mail { @Task func ‸send(_ x: Int) {} }",
      "struct Mail { @Task static func send(_ x: Int) {} }"
    ),
    (
      "extension Mail {\n  @Task\n  private func ‸send(_ x: Int) {}\n}",
      "extension Mail {\n  @Task\n  private static func send(_ x: Int) {}\n}"
    ),
  ])
  func `a method becomes static`(source: String, fixed: String) {
    expectMistake(
      source, "a method can't be a task, as a worker has no instance to call it on",
      fixIt: "insert 'static'", fixed: fixed)
  }

  @Test func `an actor's method becomes static`() {
    expectMistake(
      "actor Mail {\n  @Task\n  func ‸send(_ x: Int) {}\n}",
      "an actor's method can't be a task, as a worker has no instance to call it on",
      fixIt: "insert 'static'", fixed: "actor Mail {\n  @Task\n  static func send(_ x: Int) {}\n}")
  }

  @Test(arguments: [
    (
      "protocol Sender { @Task static func ‸send(_ x: Int) }",
      "a protocol can't have tasks: write a free function or a static member of a type"
    ),
    (
      "struct Box<Item> { @Task static func ‸send(_ x: Int) {} }",
      "a generic type can't have tasks: a message does not say what the type stands for"
    ),
    (
      "struct Box<Item> { enum Inner { @Task static func ‸send(_ x: Int) {} } }",
      "a generic type can't have tasks: a message does not say what the type stands for"
    ),
    (
      "extension Box<Int> { @Task static func ‸send(_ x: Int) {} }",
      "a generic type can't have tasks: a message does not say what the type stands for"
    ),
    (
      "extension Array where Element == Int { @Task static func ‸send(_ x: Int) {} }",
      "a generic type can't have tasks: a message does not say what the type stands for"
    ),
    (
      "func main() { @Task func ‸send(_ x: Int) {} }",
      "a local function can't be a task: move it to file scope or into a type, as a static member"
    ),
    (
      "func main() { struct Local { @Task static func ‸send(_ x: Int) {} } }",
      "a local function can't be a task: move it to file scope or into a type, as a static member"
    ),
  ])
  func `a place where a worker finds no task is refused`(source: String, message: String) {
    expectMistake(source, message)
  }

  @Test(arguments: [
    (
      "‸@Task\n@PeriodicTask(runEvery: .seconds(1))\nfunc tick() async {}",
      "@PeriodicTask(runEvery: .seconds(1))\nfunc tick() async {}"
    ),
    (
      "@PeriodicTask(runEvery: .seconds(1)) ‸@Task func tick() async {}",
      "@PeriodicTask(runEvery: .seconds(1)) func tick() async {}"
    ),
  ])
  func `one attribute is enough`(source: String, fixed: String) {
    expectMistake(
      source, "'@PeriodicTask' makes a task already", fixIt: "remove '@Task'", fixed: fixed)
  }

  @Test(arguments: [
    (
      "@Task(‸\"\") func send(_ x: Int) {}",
      "a wire name can't be empty; without one, a task is called after its module and function"
    ),
    (
      "@Task(‸\"mail send\", queue: \"mail\") func send(_ x: Int) {}",
      "'mail send' can't be a wire name: it has a space or a control character"
    ),
    (
      "@Task(‸\"mail\\u{7}send\") func send(_ x: Int) {}",
      "'mail\u{7}send' can't be a wire name: it has a space or a control character"
    ),
    (
      "@PeriodicTask(‸\" mail\", .daily(at: \"7:30\")) func send() async {}",
      "' mail' can't be a wire name: it has a space or a control character"
    ),
    (
      "@Task(‸\"mail.\\(verb)\") func send(_ x: Int) {}",
      "a wire name has to be a string literal without interpolation"
    ),
    (
      "@PeriodicTask(‸name, runEvery: .seconds(1)) func send() async {}",
      "a wire name has to be a string literal without interpolation"
    ),
    (
      "@Task func ‸`send a mail`(_ x: Int) {}",
      "'Mail.send a mail' can't be a wire name: give the task another, as in "
        + "'@Task(\"mail.everyone\")'"
    ),
  ])
  func `a name that other programs could not use is refused`(source: String, message: String) {
    expectMistake(source, message)
  }

  @Test func `every mistake is told at once`() {
    let expansion = Expansion(
      of: "@Task(name) func send(_ x: Int..., to body: () -> Void, and y: inout Int) {}")

    #expect(
      expansion.mistakes.map(\.message) == [
        "a wire name has to be a string literal without interpolation",
        "a variadic parameter can't be a task's: take an array",
        "'() -> Void' is a function, which can't travel in a message",
        "an 'inout' parameter can't be a task's: the caller's variable is in another process",
      ])
    #expect(expansion.text == "func send(_ x: Int..., to body: () -> Void, and y: inout Int) {}")
  }
}
