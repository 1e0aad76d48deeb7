extension TaskQueue {
  /// A queue in memory: broker and results in one, gone with the process.
  public static func memory(clock: any WallClock = SystemWallClock()) -> TaskQueue {
    let broker = MemoryBroker(clock: clock)
    return TaskQueue(broker: broker, results: broker, clock: clock)
  }
}
