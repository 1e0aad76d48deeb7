public import Celeriac

// Tasks of modules that the tests are linked with and never import. The same file is compiled with
// several sets of language settings, each with warnings as errors: what a task expands to has to
// pass in all of them.

/// What `send` gives.
public nonisolated struct Receipt: Codable, Sendable {
  /// Who was written to.
  public let address: String
}

/// Why nothing can be sent.
public nonisolated struct Refused: Error {}

/// Has all that a function can have.
@Task(queue: "mail", retry: .exponential(attempts: 5).when { $0 is Refused })
public func send(
  _ context: TaskContext, to address: String, _ titles: [String] = [], `in` language: String? = nil
) async throws(Refused) -> Receipt {
  guard !address.isEmpty else { throw Refused() }
  return Receipt(address: address)
}

@Task func count(_ x: Int) -> Int { x }
@Task private func keepToItself(_: Int, of _: sending [Int]) throws {}
@Task package func share(x: consuming [Int], y: Int?) {}
@Task func `default`(_ x: Int) {}
@Task("linked.raw") func `a raw name`(_ x: Int) {}
@Task func delay(_ delay: Int) async {}
@Task func name() async {}

@MainActor @Task func draw(_ x: Int) {}
@Task nonisolated func compute(_ x: Int) -> Int? { x }
@Task nonisolated(nonsending) func stay(_ x: Int) async {}
@concurrent @Task func leave(_ x: Int) async {}

@available(*, deprecated) @Task func outdated(_ x: Int) {}

@PeriodicTask(.crontab(minute: 0, hour: 0, in: "Europe/Berlin"), missed: .skip, priority: 3)
func midnight() async throws {}

@PeriodicTask("linked.tick", runEvery: .seconds(30)) func tick(_ context: TaskContext) {}

/// A place for static tasks.
public nonisolated enum Post {
  static let queue: QueueName = "post"

  /// A public member.
  @Task(queue: queue) public static func stamp(_ letter: String) -> String { letter }

  @Task private static func seal(_ letter: String) {}

  struct Box: Codable {
    @Task static func empty(_ box: Box) async -> [Box] { [box] }
  }
}

extension Post.Box {
  @Task static func run(_ x: Int) {}
}

/// A public extension.
public nonisolated extension Post {
  /// Public because the extension is.
  @Task static func weigh(_ letter: String) -> Int { letter.count }
}

private extension Post {
  @Task nonisolated static func burn(_ letter: String) {}
}

class Office {
  @Task class func open(_ x: Int) {}
  @Task final class func close(_ x: Int) {}
}

actor Counter {
  @Task static func reset(_ x: Int) {}
}

@MainActor struct Window {
  @Task static func open(_ x: Int) {}
}

func useAll() async throws {
  let receipt = try await send.delay(to: "ada", ["title"], in: "en").value(within: .seconds(1))
  let numbers = [1, 2].map(count)
  let function: (Int) -> Int = count
  let handle: any TaskHandle = count
  _ = (receipt.address, numbers, function, handle, keepToItself.s(1, of: []))
  try await name.delay()
  try await Post.stamp.delay("letter")
  try await Window.open.delay(1)
  Task { 5 }.cancel()
}
