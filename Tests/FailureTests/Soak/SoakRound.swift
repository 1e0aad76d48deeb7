import Glibc
import Synchronization
import TestSupport

/// A minute of work under random faults, and the judgement over it.
final class SoakRound: Sendable {
  private enum Mishap: CaseIterable {
    case kill, killWithSuccessor, haltBriefly, haltLong, replace
    case cut, halfOpen, frozen, closed, late, narrow
    case sleep, clients, scripts, memory, killRedis, haltRedis
  }

  private struct State {
    var generator: SeededGenerator
    var workers: [ChildProcess] = []
    var history: [(Duration, String)] = []
    var isOver = false
  }

  private let world: World
  private let duration: Duration
  private let start = ContinuousClock.now
  private let startTime = Clock.microseconds
  private let state: Mutex<State>

  init(seed: UInt64, lasting duration: Duration) async throws {
    world = try await World()
    self.duration = duration
    state = Mutex(State(generator: SeededGenerator(seed: seed)))
  }

  var faultCount: Int { state.withLock { $0.history.count } }

  func run(progress: @escaping @Sendable (String) -> Void) async throws -> Verdict {
    for _ in 1...3 { try work() }
    let sending = Task { await send() }
    let reporting = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: .seconds(10))
        progress("soak:   \(world.ledger.all.count) calls, \(faultCount) faults")
      }
    }
    while start.duration(to: .now) < duration {
      try await befall(pick(Mishap.allCases))
      try await Task.sleep(for: .milliseconds(number(in: 50...1500)))
    }
    state.withLock { $0.isOver = true }
    await sending.value
    try await calm()
    let verdict = try await world.conclude(within: .seconds(120))
    reporting.cancel()
    for line in story(of: verdict) { progress(line) }
    return verdict
  }

  // What befell, and the runs of the calls that were not treated as promised, in order.
  private func story(of verdict: Verdict) -> [String] {
    guard !verdict.broken.isEmpty else { return [] }
    let ids = Set(verdict.broken.compactMap { $0.description.split(separator: " ").first })
    let dead = world.dead
    let runs = world.runs.filter { ids.contains($0.id[...]) }.map { run in
      let time = Duration.microseconds(run.time - startTime)
      let mark = dead.contains(run.pid) ? " (killed or halted)" : ""
      return (time, "\(run.id) #\(run.attempt) \(run.kind) in \(run.pid)\(mark)")
    }
    let mishaps = state.withLock { $0.history }
    return verdict.broken.map { "soak:   \($0)" }
      + (runs + mishaps).sorted { $0.0 < $1.0 }.map { "soak:   \($0.0.formatted): \($0.1)" }
  }

  // All kinds of calls, a hundred a second or so.
  private func send() async {
    var number = 0
    while !state.withLock({ $0.isOver }) {
      let calls = (0..<10).map { index in call(number + index) }
      number += 10
      await world.offer(calls)
      try? await Task.sleep(for: .milliseconds(self.number(in: 20...150)))
    }
  }

  private func call(_ index: Int) -> Call {
    let id = "c\(index)"
    switch number(in: 0...19) {
    case 0: return Call(id: id, kind: .fail)
    case 1, 2: return Call(id: id, kind: .retry)
    case 3: return Call(id: id, kind: .reject)
    case 4: return Call(id: id, kind: .early(milliseconds: 5))
    case 5, 6:
      let eta = Clock.microseconds + number(in: 0...5000) * 1000
      return Call(id: id, kind: .run(milliseconds: 0), eta: eta)
    case 7: return .run(id, milliseconds: number(in: 100...4000))
    default: return .run(id, milliseconds: number(in: 0...30))
    }
  }

  private func befall(_ mishap: Mishap) async throws {
    note("\(mishap)")
    let pause = Duration.milliseconds(number(in: 100...5000))
    switch mishap {
    case .kill: try kill(successor: false)
    case .killWithSuccessor: try kill(successor: true)
    case .haltBriefly: try await halt(for: .milliseconds(number(in: 50...1000)), andExcuse: false)
    case .haltLong: try await halt(for: .milliseconds(number(in: 3500...6000)), andExcuse: true)
    case .replace: try replace()
    case .cut: world.proxy.cutAll()
    case .halfOpen: world.proxy.silenceAll()
    case .frozen: try await shut(.frozen, for: pause)
    case .closed:
      world.proxy.cutAll()
      try await shut(.closed, for: pause)
    case .late: try await weather(.late(.milliseconds(number(in: 1...300))), for: pause)
    case .narrow: try await weather(.narrow(bytesPerSecond: 30_000), for: pause)
    case .sleep: _ = try? await world.redis("DEBUG", "SLEEP", "0.\(number(in: 1...9))")
    case .clients: _ = try? await world.redis("CLIENT", "KILL", "TYPE", "normal")
    case .scripts: _ = try? await world.redis("SCRIPT", "FLUSH")
    case .memory:
      _ = try? await world.redis("CONFIG", "SET", "maxmemory", "1")
      try await Task.sleep(for: pause)
      _ = try? await world.redis("CONFIG", "SET", "maxmemory", "0")
    case .killRedis:
      world.server.kill()
      try await Task.sleep(for: pause)
      try await world.server.restart()
    case .haltRedis:
      world.server.pause()
      try await Task.sleep(for: pause)
      world.server.resume()
    }
  }

  private func kill(successor: Bool) throws {
    let (index, victim) = anyWorker()
    guard let pid = victim.pid else { return }
    world.end(pid)
    let next = try world.work(
      concurrency: 4, prefetch: 8, predecessor: successor ? world.name(of: victim) : nil)
    state.withLock { $0.workers[index] = next }
  }

  // Told to stop while its successor is there already. One that cannot tell Redis what it has done
  // does not wait for long: its calls run again, as if it had crashed.
  private func replace() throws {
    let (index, victim) = anyWorker()
    if let pid = victim.pid { world.excuse(pid) }
    let next = try world.work(concurrency: 4, prefetch: 8)
    victim.signal(SIGTERM)
    state.withLock { $0.workers[index] = next }
  }

  private func halt(for pause: Duration, andExcuse isExcused: Bool) async throws {
    let (_, victim) = anyWorker()
    if isExcused, let pid = victim.pid { world.excuse(pid) }
    victim.signal(SIGSTOP)
    try await Task.sleep(for: pause)
    victim.signal(SIGCONT)
  }

  private func shut(_ door: FaultPlan.Door, for pause: Duration) async throws {
    world.proxy.set(door)
    try await Task.sleep(for: pause)
    world.proxy.set(.open)
  }

  private func weather(_ weather: Weather, for pause: Duration) async throws {
    world.proxy.set(weather)
    try await Task.sleep(for: pause)
    world.proxy.set(.clear)
  }

  private func calm() async throws {
    world.proxy.set(.open)
    world.proxy.set(.clear)
    try await world.server.waitUntilReady()
    try await world.redis("CONFIG", "SET", "maxmemory", "0")
  }

  private func work() throws {
    let worker = try world.work(concurrency: 4, prefetch: 8)
    state.withLock { $0.workers.append(worker) }
  }

  private func anyWorker() -> (Int, ChildProcess) {
    let index = number(in: 0...2)
    return (index, state.withLock { $0.workers[index] })
  }

  private func note(_ text: String) {
    let time = start.duration(to: .now)
    state.withLock { $0.history.append((time, text)) }
  }

  private func number(in range: ClosedRange<Int>) -> Int {
    state.withLock { Int.random(in: range, using: &$0.generator) }
  }

  private func pick(_ mishaps: [Mishap]) -> Mishap { mishaps[number(in: 0...mishaps.count - 1)] }
}
