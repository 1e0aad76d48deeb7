// swift-format-ignore-file
// Tasks, and in Sources/Linked/Tasks.swift what they expand to: a test keeps the two together.

public import CeleriacCore

@Task func add(_ x: Int, _ y: Int = 2) -> Int { x + y }

@Task("linked.secret") private func secret(_ x: Int) {}

public enum Post {
  @Task(queue: "mail", retry: .fixed(attempts: 3))
  public static func send(_ context: TaskContext, to address: String) async throws -> String { address }
}

@PeriodicTask(runEvery: .seconds(30)) func tick() async {}
