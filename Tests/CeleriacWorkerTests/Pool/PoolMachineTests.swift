import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct PoolMachineTests {
  private var machine = PoolMachine(limit: 6, cores: 2)
  private var stamps = [0, 0]

  private mutating func free(_ thread: Int = 0) -> PoolMachine.Verdict {
    machine.threadIsFree(&stamps[thread])
  }

  @Test mutating func `one thread serves tasks that get on`() {
    #expect(machine.jobAdded() == .start)
    #expect(free() == .take)
    #expect(machine.jobAdded() == .watch)
    for _ in 0..<100 {
      #expect(machine.jobAdded() == .none)
      #expect(free() == .take)
      #expect(machine.ticked() == .none)
    }
    #expect(machine.active == 1)
  }

  @Test mutating func `a job that has waited from tick to tick brings another thread`() {
    _ = machine.jobAdded()
    _ = free()
    _ = machine.jobAdded()

    #expect(machine.ticked() == .none)
    #expect(machine.ticked() == .start)
  }

  @Test mutating func `beyond the cores only a queue that stands still brings a thread`() {
    for _ in 0..<2 { _ = machine.jobAdded() }
    _ = free()
    _ = machine.ticked()
    #expect(machine.ticked() == .start)
    _ = free(1)
    for _ in 0..<10 { _ = machine.jobAdded() }
    _ = machine.ticked()

    _ = free(1)
    #expect(machine.ticked() == .none, "it moves, if slowly")
    #expect(machine.ticked() == .start, "it stands still")
  }

  @Test mutating func `there are never more threads than the limit`() {
    for _ in 0..<50 { _ = machine.jobAdded() }
    _ = free()

    var started = 1
    for _ in 0..<50 where machine.ticked() == .start {
      _ = free(1)
      started += 1
    }

    #expect(started == 6)
    #expect(machine.active == 6)
  }

  @Test mutating func `a thread parks without a job and is woken by the next`() {
    _ = machine.jobAdded()
    #expect(free() == .take)
    #expect(free() == .park)

    #expect(machine.jobAdded() == .wake)
    #expect(free() == .take)
  }

  @Test mutating func `ticks end with the queue`() {
    _ = machine.jobAdded()
    _ = free()
    #expect(machine.jobAdded() == .watch)
    _ = free()

    #expect(machine.ticked() == .rest)
    #expect(machine.jobAdded() == .watch)
  }

  @Test mutating func `a second thread parks when both have long got on`() {
    for _ in 0..<2 { _ = machine.jobAdded() }
    _ = free()
    _ = machine.ticked()
    _ = machine.ticked()
    #expect(machine.active == 2)

    var verdicts: [PoolMachine.Verdict] = []
    for _ in 0...PoolMachine.calmTicks {
      for _ in 0..<2 { _ = machine.jobAdded() }
      verdicts.append(free())
      verdicts.append(free(1))
      _ = machine.ticked()
    }
    verdicts.append(free(1))

    #expect(verdicts.filter { $0 == .park }.count == 1)
    #expect(machine.active == 1)
  }

  @Test mutating func `a thread that blocks is not counted as one too many`() {
    for _ in 0..<2 { _ = machine.jobAdded() }
    _ = free()
    _ = machine.ticked()
    _ = machine.ticked()

    for _ in 0..<3 * PoolMachine.calmTicks {
      for _ in 0..<2 { _ = machine.jobAdded() }
      #expect(free(1) == .take)
      #expect(free(1) == .take)
      _ = machine.ticked()
    }
    #expect(machine.active == 2)
  }

  @Test mutating func `of the parked threads all but one end`() {
    for _ in 0..<2 { _ = machine.jobAdded() }
    _ = free()
    _ = machine.ticked()
    _ = machine.ticked()
    _ = free(1)
    _ = free()
    _ = free(1)
    #expect(machine.parked == 2)

    #expect(machine.threadIsBored() == .end)
    #expect(machine.threadIsBored() == .park)
  }

  @Test mutating func `a thread that was woken as it lost patience goes on`() {
    _ = machine.jobAdded()
    _ = free()
    _ = free()
    #expect(machine.jobAdded() == .wake)

    #expect(machine.threadIsBored() == .park)
    #expect(free() == .take)
  }

  @Test mutating func `a thread that could not be started is tried again`() {
    #expect(machine.jobAdded() == .start)
    #expect(machine.startFailed() == .watch)

    #expect(machine.ticked() == .start)
  }

  @Test mutating func `a closed pool ends its threads, and serves what still comes`() {
    _ = machine.jobAdded()
    _ = free()
    _ = free()
    #expect(machine.close() == 1)
    #expect(free() == .end)

    #expect(machine.jobAdded() == .start)
    #expect(free(1) == .take)
    #expect(free(1) == .end)
  }

  @Test mutating func `a closed pool serves who comes while a thread is held up`() {
    _ = machine.jobAdded()
    #expect(free() == .take)
    #expect(machine.close() == 0)

    #expect(machine.jobAdded() == .start)
    #expect(free(1) == .take)
    #expect(free(1) == .end)
  }
}
