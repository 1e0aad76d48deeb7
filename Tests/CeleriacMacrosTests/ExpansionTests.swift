import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExpansionTests {
  @Test func `x`() {
    print(Expansion(of: """
      @PeriodicTask(.crontab("0 0 * * *", in: "Europe/Berlin"), missed: .once, queue: "mail")
      public func sendEmail(to address: String = "a", _ pending: [Int] = []) async throws -> Receipt { Receipt() }
      @Task func delay(_ x: Int) {}
      @Task func nothing() async {}
      """).text)
  }
}
