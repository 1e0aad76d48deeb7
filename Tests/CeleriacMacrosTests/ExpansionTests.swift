import Testing

@testable import CeleriacMacros

/// What is written beside a task, where its form matters; that all of it compiles is tested elsewhere.
@Suite(.timeLimit(.minutes(1)))
struct ExpansionTests {
  @Test func `a task gets a handle, a value and a record`() {
    let expansion = Expansion(
      of: """
        @Task func add(_ x: Int, _ y: Int = 2) -> Int { x + y }
        """)

    #expect(
      expansion.text == """
        func add(_ x: Int, _ y: Int = 2) -> Int { x + y }

        nonisolated struct Task_add: CeleriacCore.TaskHandle {
          let name = "Mail.add"
          let options = CeleriacCore.TaskOptions()
          let parameters: [CeleriacCore.TaskParameter] = [
            CeleriacCore.TaskParameter("x", type: "Int"),
            CeleriacCore.TaskParameter("y", type: "Int", hasDefault: true),
          ]
          let source = CeleriacCore.SourceLocation(file: "Mail/Tasks.swift", line: 1)

          func s(_ x: Int, _ y: Int = 2) -> CeleriacCore.Signature<Int> {
            var call = CeleriacCore.CallArguments()
            call.append(x)
            call.append(y)
            return self.signature(call)
          }

          @discardableResult
          func delay(_ x: Int, _ y: Int = 2) async throws -> CeleriacCore.TaskResult<Int> {
            try await self.s(x, y).delay()
          }

          func run(
            _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
          ) async throws -> Int {
            let function: @concurrent (Int, Int) async throws -> Int = add(_:_:)
            let (x, y) = try self.read(arguments)
            return try await function(x, y)
          }

          func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
            _ = try self.read(arguments)
          }

          private func read(
            _ arguments: CeleriacCore.Arguments
          ) throws(CeleriacCore.ArgumentError) -> (Int, Int) {
            var arguments = arguments
            let x: Int = try arguments.next("x")
            let y: Int = try arguments.next("y", default: 2)
            try arguments.finish()
            return (x, y)
          }
        }

        nonisolated let add = Task_add()

        @section("celeriac_tasks") @used
        private nonisolated let TaskRecord_add: CeleriacCore.TaskRecord = (
          kind: 0x6365_6C74, version: 1,
          accessor: { unsafe Task_add().register(into: $0) }, reserved: 0
        )
        """)
  }

  @Test func `a periodic member without arguments, with all its options`() {
    let expansion = Expansion(
      of: """
        public extension Post.Box {
          @PeriodicTask("mail.all", .daily(at: "07:30"), missed: .skip, queue: "mail", priority: 3)
          static func empty(_ context: TaskContext) async throws {}
        }
        """)

    #expect(
      expansion.text == """
        public extension Post.Box {
          static func empty(_ context: TaskContext) async throws {}

          nonisolated struct Task_empty: CeleriacCore.TaskHandle {
            public let name = "mail.all"
            public let options = CeleriacCore.TaskOptions(queue: "mail", priority: 3)
            public let parameters: [CeleriacCore.TaskParameter] = []
            public let periodic: CeleriacCore.PeriodicOptions? = CeleriacCore.PeriodicOptions(.daily(at: "07:30"), missed: .skip)
            public let source = CeleriacCore.SourceLocation(file: "Mail/Tasks.swift", line: 3)

            public func s() -> CeleriacCore.Signature<CeleriacCore.Nothing> {
              self.signature(CeleriacCore.CallArguments())
            }

            @discardableResult
            public func delay() async throws -> CeleriacCore.TaskResult<CeleriacCore.Nothing> {
              try await self.s().delay()
            }

            public func run(
              _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
            ) async throws -> CeleriacCore.Nothing {
              let function: @concurrent (CeleriacCore.TaskContext) async throws -> Void = empty(_:)
              try arguments.finish()
              try await function(context)
              return CeleriacCore.Nothing()
            }

            public func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
              try arguments.finish()
            }
          }

          nonisolated static let empty = Task_empty()

          @section("celeriac_tasks") @used
          private nonisolated static let TaskRecord_empty: CeleriacCore.TaskRecord = (
            kind: 0x6365_6C74, version: 1,
            accessor: { unsafe Task_empty().register(into: $0) }, reserved: 0
          )
        }
        """)
  }

  @Test(arguments: [
    ("@Task func send(_ x: Int) {}", "Mail.send"),
    ("enum Post { @Task static func send(_ x: Int) {} }", "Mail.Post.send"),
    ("enum Post { struct Box { @Task static func send(_ x: Int) {} } }", "Mail.Post.Box.send"),
    ("extension Post.Box { @Task static func send(_ x: Int) {} }", "Mail.Post.Box.send"),
    ("extension Post { class Box { @Task class func send(_ x: Int) {} } }", "Mail.Post.Box.send"),
    ("@Task func `default`(_ x: Int) {}", "Mail.default"),
    ("@Task(\"mail.send\", queue: \"mail\") func send(_ x: Int) {}", "mail.send"),
    ("@PeriodicTask(\"tick\", runEvery: .seconds(1)) func send() async {}", "tick"),
    ("@PeriodicTask(runEvery: .seconds(1)) func send() async {}", "Mail.send"),
    ("@PeriodicTask(.hourly, queue: \"mail\") func send() async {}", "Mail.send"),
  ])
  func `a task is named after module, types and function, or as it says`(
    source: String, name: String
  ) {
    #expect(Expansion(of: source).text.contains("let name = \"\(name)\"\n"))
  }

  @Test(arguments: [
    ("_ x: Int, _ y: Int", ["call.append(x)", "call.append(y)"]),
    ("_ x: Int, to y: Int", ["call.append(x)", "call.append(y, for: \"to\")"]),
    ("to y: Int, _ x: Int", ["call.append(y, for: \"to\")", "call.append(x, for: \"x\")"]),
    ("_ context: TaskContext, _ x: Int", ["call.append(x)"]),
    ("x: Int, `in` y: Int", ["call.append(x, for: \"x\")", "call.append(y, for: \"in\")"]),
    ("_: Int, to _: Int", ["call.append(arg0)", "call.append(arg1, for: \"to\")"]),
    ("call: Int", ["_call.append(call, for: \"call\")"]),
  ])
  func `arguments travel by name from the first label on`(parameters: String, calls: [String]) {
    let text = Expansion(of: "@Task func send(\(parameters)) {}").text
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.filter { $0.contains("call.append(") }.map(String.init) == calls)
  }

  @Test(arguments: [
    ("func delay(_ x: Int)", "Mail::delay(_:)"),
    ("func name() async", "Mail::name"),
    ("func s(to x: Int)", "Mail::s(to:)"),
  ])
  func `a function called like a member of the handle is still found`(
    function: String, reference: String
  ) {
    #expect(Expansion(of: "@Task \(function) {}").text.contains(" -> Void = \(reference)\n"))
    let member = reference.replacing("Mail::", with: "Post.Box.")
    let text = Expansion(of: "extension Post.Box { @Task static \(function) {} }").text
    #expect(text.contains(" -> Void = \(member)\n"))
  }

  @Test func `every member of the handle is known as one that hides others`() {
    let text = Expansion(of: "@PeriodicTask(.hourly) func send(x: Int = 1) {}").text
    let members = text.matches(of: /^  (?:private )?(?:let|func) (\w+)/.anchorsMatchLineEndings())

    #expect(members.count == 10)
    #expect(members.filter { !HandleMembers.contains(String($0.1)) }.map(\.1) == [])
  }
}
