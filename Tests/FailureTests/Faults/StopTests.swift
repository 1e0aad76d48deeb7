import Glibc
import TestSupport
import Testing

/// A worker that is told to stop while it holds a thousand messages.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct StopTests {
  @Test func `a stop hands a thousand messages back at once`() async throws {
    var times: [Duration] = []
    for _ in 0..<Depth.of(5, full: 20) { times.append(try await handBack()) }

    times.sort()
    print(
      "figure: TERM to 1,000 messages handed back: best \(times[0].formatted), "
        + "median \(times[times.count / 2].formatted), worst \(times.last?.formatted ?? "")")
    // The promise holds where nothing else wants the cores; a loaded machine spoils some rounds, not all.
    #expect(times[0] < .milliseconds(50))
    #expect(times[times.count / 2] < .milliseconds(200))
  }

  private func handBack() async throws -> Duration {
    let world = try await World()
    let first = try world.work(concurrency: 10, prefetch: 1000, url: world.server.url)
    try await world.send(Call.many(10, "running", milliseconds: 1500))
    #expect(try await eventually { world.runs.count == 10 })
    try await world.send(Call.many(1000, "waiting"))
    #expect(try await eventually { try await world.redis.integer("LLEN", "celery") == 0 })
    let client = try #require(PlainClient(world.server.socketPath))
    // The worker has read what was taken when its next wait is under way.
    try await Task.sleep(for: .milliseconds(300))

    let start = ContinuousClock.now
    first.signal(SIGTERM)
    let isBack = try await onOwnThread {
      let end = ContinuousClock.now + .seconds(5)
      let client = PlainClient(world.server.socketPath)
      while client?.ask(["LLEN", "celery"]) != 1000, ContinuousClock.now < end { usleep(200) }
      return ContinuousClock.now < end
    }
    let time = start.duration(to: .now)
    #expect(isBack)
    #expect(client.ask(["LLEN", "celery"]) == 1000)
    try world.work(concurrency: 10, prefetch: 40)
    let verdict = try await world.conclude()

    print("figure: graceful stop: \(verdict.figure); handed back in \(time.formatted)")
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    // Nothing waited for the tasks that ran, and they ended where they had begun.
    let running = world.runs.filter { $0.id.hasPrefix("running") }
    #expect(Set(running.map(\.pid)).count == 1)
    return time
  }
}
