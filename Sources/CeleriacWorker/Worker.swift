public import CeleriacCore
public import Logging
public import ServiceLifecycle

/// Takes messages, runs their tasks, settles them.
///
/// Run it in a `ServiceGroup`, alone or beside a server:
///
///     let worker = Worker(queue: queue, registry: try .discover(), logger: logger)
///     try await ServiceGroup(services: [worker], logger: logger).run()
///
/// A graceful shutdown takes nothing more, hands back what has not started, and waits for the tasks
/// that run; cancellation hands those back as well.
public struct Worker: Service {
  private let queue: TaskQueue
  private let registry: TaskRegistry
  private let configuration: WorkerConfiguration
  private let logger: Logger
  private let onReady: @Sendable () -> Void
  private let onBusy: @Sendable (Int) -> Void

  /// Prepares a worker.
  ///
  /// - Parameters:
  ///   - queue: Where messages and results wait; also ``TaskQueue/current`` inside the tasks.
  ///   - registry: The tasks it can run.
  ///   - configuration: How it works; one task at once for each core unless given.
  ///   - logger: Where it writes.
  ///   - onReady: Called once, when the broker has let it take messages.
  ///   - onBusy: Called with the number of tasks that run, whenever it changes; must return at once.
  public init(
    queue: TaskQueue, registry: TaskRegistry, configuration: WorkerConfiguration, logger: Logger,
    onReady: @escaping @Sendable () -> Void = {},
    onBusy: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.queue = queue
    self.registry = registry
    self.configuration = configuration
    self.logger = logger
    self.onReady = onReady
    self.onBusy = onBusy
  }

  /// Works until it is told to stop.
  ///
  /// - Throws: ``BrokerError`` when the broker refuses this worker at its start, for a wrong
  ///   password say; a broker that cannot be reached is waited for. An error of the system when it
  ///   gives no thread for tasks.
  public func run() async throws {
    let pool = try TaskPool(concurrency: configuration.concurrency)
    defer { pool.close() }
    let running = RunningTasks()
    let dispatcher = Dispatcher(
      concurrency: configuration.concurrency,
      prefetch: PrefetchWindow(
        least: configuration.prefetch, time: configuration.prefetchTime, at: .now))
    let watch = BrokerWatch(logger: logger)
    let connecting = await cancelWhenGracefulShutdown {
      await connect(watch) { lost in
        dispatcher.drop(lost)
        for loan in lost { running.cancel(loan, because: .lost) }
      }
    }
    // Nil when it was told to stop before there was a broker.
    guard let consumer = try connecting.get() else { return }
    let settler = Settler(consumer: consumer, logger: logger)
    let revocations = queue.broker.revocations { running.cancel($0) }
    let runner = TaskRunner(
      registry: registry, queue: queue, unknownTasks: configuration.unknownTasks,
      deliveries: configuration.deliveries, running: running, settler: settler,
      consumer: consumer, logger: logger,
      revocations: revocations,
      takeOutStale: { dispatcher.takeOut { !consumer.isCurrent($0.loan) } })

    onReady()
    logger.info("ready", metadata: ["worker": "\(configuration.name)"])
    await cancelWhenGracefulShutdown {
      await withTaskExecutorPreference(consumer.executor) {
        let slots = Slots(dispatcher, runner, pool, onBusy)
        await take(from: consumer, watch, into: dispatcher, slots)
      }
    }
    logger.info("stopping", metadata: ["running": "\(dispatcher.running)"])
    settler.handBack(dispatcher.close())
    await finish(dispatcher, running)
    await drain(settler)
    // Not a child of this task: what is cancelled could not tell the broker goodbye.
    await Task { await consumer.close() }.value
    logger.info("stopped")
  }

  private func connect(
    _ watch: BrokerWatch, dropping drop: @escaping @Sendable ([Loan]) -> Void
  ) async -> Result<(any Consumer)?, BrokerError> {
    var options = ConsumerOptions(
      worker: configuration.name, queues: configuration.queues, results: queue.results)
    options.lease = configuration.lease
    options.instance = configuration.instance
    options.predecessor = configuration.predecessor
    options.apartAfter = fewestDeliveries - 1
    options.visibility = configuration.visibility
    options.onLost = drop
    options.onHealth = watch.receive
    var patience = Patience()
    while true {
      do {
        let consumer = try await queue.broker.consumer(options)
        watch.serves(.connecting)
        return .success(consumer)
      } catch  where error.code == .refused || error.code == .closed {
        return .failure(error)
      } catch {
        watch.fails(.connecting, error)
        guard (try? await patience.wait()) != nil else { return .success(nil) }
      }
    }
  }

  // The last chance of any task here.
  private var fewestDeliveries: Int {
    registry.all.compactMap(\.handle.options.deliveries).reduce(configuration.deliveries, min)
  }

  private func take(
    from consumer: any Consumer, _ watch: BrokerWatch, into dispatcher: Dispatcher, _ slots: Slots
  ) async {
    var patience = Patience()
    while !Task.isCancelled {
      do {
        let room = await withTaskCancellationHandler {
          await dispatcher.room(startingOnly: consumer.holdsSuspects)
        } onCancel: {
          dispatcher.wake()
        }
        guard !Task.isCancelled else { return }
        let deliveries = try await consumer.take(into: room)
        slots.start(deliveries)
        watch.serves(.taking)
        patience = Patience()
        onBusy(dispatcher.running)
        slots.watchSurplus()
      } catch is CancellationError {
        return
      } catch {
        watch.fails(.taking, error)
        guard (try? await patience.wait()) != nil else { return }
      }
    }
  }

  // Waits for the running tasks as long as it may, then cancels them; a second is what they have
  // to let go before they are handed back over their heads.
  private func finish(_ dispatcher: Dispatcher, _ running: RunningTasks) async {
    let limit = Task.isCancelled ? .zero : configuration.stopTimeout
    if await ends(dispatcher, within: limit) { return }
    logger.notice(
      "tasks still running are cancelled; those not acknowledged yet go back",
      metadata: ["running": "\(dispatcher.running)"])
    running.cancelAll(because: .shutdown)
    _ = await ends(dispatcher, within: .seconds(1))
  }

  // What a broker that is away has not been told by then, others do again after the lease.
  private func drain(_ settler: Settler) async {
    let isDrained = await Task {
      await ends(within: .seconds(2)) { await settler.drain() }
    }.value
    guard !isDrained else { return }
    logger.warning("the broker can't be told of all outcomes; their tasks will run again")
  }

  private func ends(_ dispatcher: Dispatcher, within limit: Duration) async -> Bool {
    await ends(within: limit) { await dispatcher.idle() }
  }

  private func ends(
    within limit: Duration, _ wait: @escaping @Sendable () async -> Void
  ) async -> Bool {
    let race = Race()
    let idle = Task {
      await wait(); race.finish(true)
    }
    let timer = Task {
      try? await Task.sleep(for: limit); race.finish(false)
    }
    defer {
      idle.cancel()
      timer.cancel()
    }
    return await withTaskCancellationHandler {
      await race.value()
    } onCancel: {
      race.finish(false)
    }
  }
}
