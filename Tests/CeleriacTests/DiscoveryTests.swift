import Celeriac
import CeleriacCore
import Testing

@Task private func secret(_ x: Int) -> Int { x }

@Suite(.timeLimit(.minutes(1)))
struct DiscoveryTests {
  @Test func `a private task is found without a list`() throws {
    let task = try #require(
      RegisteredTask.discovered().first { $0.name == "CeleriacTests.secret" })

    #expect(task.handle.source.file == "CeleriacTests/DiscoveryTests.swift")
  }

  @Test(arguments: ["StrictTasks", "PlainTasks", "MainActorTasks", "MemorySafeTasks"])
  func `all tasks of a module that nothing imports are found`(module: String) {
    let names = RegisteredTask.discovered()
      .filter { $0.handle.source.file.hasPrefix("\(module)/") }
      .map(\.name).sorted()

    #expect(
      names == [
        "Counter.reset", "Office.close", "Office.open", "Post.Box.empty", "Post.Box.run",
        "Post.burn", "Post.seal", "Post.stamp", "Post.weigh", "Window.open", "compute", "count",
        "default", "delay", "draw", "keepToItself", "leave", "midnight", "name", "outdated",
        "send", "share", "stay",
      ].map { "\(module).\($0)" } + ["linked.raw", "linked.tick"])
  }

  @Test func `two tasks of one name are refused, with the place of each`() throws {
    let twins = RegisteredTask.discovered().filter {
      $0.name == "linked.tick" && !$0.handle.source.file.hasPrefix("M")
    }
    try #require(twins.count == 2)

    let error = #expect(throws: DuplicateTaskError.self) { try TaskRegistry(twins) }

    #expect(error?.name == "linked.tick")
    let files = Set([error?.first.file, error?.second.file])
    #expect(files == ["StrictTasks/Tasks.swift", "PlainTasks/Tasks.swift"])
  }
}
