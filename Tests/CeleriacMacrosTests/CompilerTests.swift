import Testing

/// What only the compiler can know: its messages for code that a macro cannot see through.
@Suite(.timeLimit(.minutes(2)))
struct CompilerTests {
  @Test func `two tasks of one base name are one too many`() throws {
    let errors = try Compiler.errors(
      in: """
        import Celeriac
        @Task func add(_ x: Int) -> Int { x }
        @Task func add(_ x: Int, _ y: Int) -> Int { x + y }
        """)

    #expect(errors.contains("invalid redeclaration of 'Task_add'"))
  }

  @Test func `a parameter that is not Codable is told so in plain words`() throws {
    let errors = try Compiler.errors(
      in: """
        import Celeriac
        struct Secret: Sendable {}
        @Task func keep(_ secret: Secret) {}
        """)

    #expect(
      errors.contains(
        "'append' is unavailable: a task's parameters must be Codable and Sendable to travel"))
  }

  @Test func `a result that is not Codable is refused`() throws {
    let errors = try Compiler.errors(
      in: """
        import Celeriac
        struct Secret: Sendable {}
        @Task func tell(_ x: Int) -> Secret { Secret() }
        """)

    #expect(errors.contains("type 'Secret' does not conform to protocol 'Decodable'"))
  }

  @Test func `wrong arguments are errors where they are written`() throws {
    let errors = try Compiler.errors(
      in: """
        import Celeriac
        @Task func add(_ x: Int, to y: Int) -> Int { x + y }
        func use() async throws {
          try await add.delay(1, to: "2")
          _ = add.s(1, 2)
        }
        """)

    #expect(
      errors == [
        "cannot convert value of type 'String' to expected argument type 'Int'",
        "missing argument label 'to:' in call",
      ])
  }

  @Test func `a bad crontab is an error on its literal`() throws {
    let output = try Compiler.output(
      for: """
        import Celeriac
        @PeriodicTask(.crontab("0 8-24 * * *")) func tick() async {}
        """)

    #expect(output.contains("Tasks.swift:2:24: error: '24' is not an hour (0–23)"))
  }
}
