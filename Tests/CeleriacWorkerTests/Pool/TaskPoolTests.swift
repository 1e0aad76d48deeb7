import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct TaskPoolTests {
  @Test func `tasks that block leave room for others`() async throws {
    let pool = try TaskPool(concurrency: 4, cores: 1)
    defer { pool.close() }
    let release = ThreadGate()
    let blocked = Recorder<Int>()
    for number in 0..<4 {
      Task(executorPreference: pool) {
        blocked.add(number)
        release.wait()
      }
    }
    #expect(try await blocked.waits(.seconds(30)) { $0.count == 4 })

    let answer = await Task(executorPreference: pool) { 42 }.value

    #expect(answer == 42)
    for _ in 0..<4 { release.open() }
  }

  @Test func `tasks that compute leave room for others`() async throws {
    let pool = try TaskPool(concurrency: 4)
    defer { pool.close() }
    let over = Counter()
    for _ in 0..<4 {
      Task(executorPreference: pool) { while over.value == 0 {} }
    }

    for number in 0..<20 {
      #expect(await Task(executorPreference: pool) { number }.value == number)
    }
    over.add()
  }

  @Test func `no more threads are there than tasks and cores`() async throws {
    let pool = try TaskPool(concurrency: 3, cores: 1)
    defer { pool.close() }
    let release = ThreadGate()
    let tasks = (0..<10).map { _ in Task(executorPreference: pool) { release.wait() } }
    #expect(try await eventually(.seconds(30)) { pool.threads == 4 })

    for _ in tasks { release.open() }
    for task in tasks { await task.value }
    #expect(pool.threads <= 4)
  }

  @Test func `actors keep their isolation`() async throws {
    let pool = try TaskPool(concurrency: 2)
    defer { pool.close() }
    let tally = Tally()

    await withTaskGroup { group in
      for _ in 0..<100 {
        group.addTask(executorPreference: pool) {
          await tally.add()
          await MainActor.run { MainActor.assertIsolated() }
        }
      }
    }

    #expect(await tally.count == 100)
  }

  @Test func `a cancelled task hears of it`() async throws {
    let pool = try TaskPool(concurrency: 1)
    defer { pool.close() }
    let task = Task(executorPreference: pool) {
      try await Task.sleep(for: .seconds(60))
    }

    task.cancel()

    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `a closed pool has no threads, and serves who comes late`() async throws {
    let pool = try TaskPool(concurrency: 2)
    await Task(executorPreference: pool) {}.value
    pool.close()
    #expect(try await eventually(.seconds(30)) { pool.threads == 0 })

    #expect(await Task(executorPreference: pool) { 1 }.value == 1)
    #expect(try await eventually(.seconds(30)) { pool.threads == 0 })
  }
}

private actor Tally {
  private(set) var count = 0
  func add() { count += 1 }
}
