import ArgumentParser
import CeleriacCore
import CeleriacWorker
import Logging
import ServiceLifecycle

/// `worker`: runs tasks until it is told to stop.
struct WorkerCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "worker", abstract: "Runs tasks.",
      discussion: """
        Takes messages from the queues and runs their tasks, several at once:

          \(App.name) worker --concurrency 4 --queues celery,mail

        TERM or Ctrl-C finishes what runs and hands back the rest; a second one, or QUIT, hands \
        back everything at once.
        """)
  }

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("How many tasks run at once; one for each core.", valueName: "n"))
  var concurrency: String?

  @Option(
    name: [.customShort("Q"), .long],
    help: ArgumentHelp(
      "The queues to take from; the default one and those of the tasks.", valueName: "a,b"))
  var queues: String?

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp(
      "What the worker calls itself: %h is the host, %n and %d its name and domain.",
      valueName: "name@%h"))
  var hostname: String?

  @Option(
    help: ArgumentHelp(
      "How many further messages are held ready; as many as 50 ms of work, otherwise.",
      valueName: "n"))
  var prefetch: String?

  @Option(
    help: ArgumentHelp(
      "How long a stop waits for the tasks that run, such as 60s.", valueName: "time"))
  var stopTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How soon others take over when this worker is gone without a word.", valueName: "time"))
  var lease: String?

  @Option(
    help: ArgumentHelp(
      "What becomes of a message whose task is not known: 'bury' or 'requeue'.",
      valueName: "policy"))
  var unknownTasks: String?

  @Option(
    help: ArgumentHelp(
      "At how many crashes of its worker a call is given up, 2 to 9.", valueName: "n"))
  var deliveries: String?

  @Option(
    help: ArgumentHelp(
      "Who sees what is on loan: 'own' workers, or 'celery' and its workers too.",
      valueName: "who"))
  var visibility: String?

  @Flag(name: [.customShort("B"), .long], help: "Also send the periodic tasks, as 'beat' does.")
  var beat = false

  @OptionGroup var brokerOptions: BrokerOptions
  @OptionGroup var logOptions: LogOptions

  func run(in surroundings: Surroundings) async throws {
    let session = try Session(App.self, flags: flags, in: surroundings)
    surroundings.adopt(session.logHandler)
    let status = StatusPipe(session.supervision)
    let logger = session.logger("worker")
    let queue = try session.queue(logger: session.logger("redis"))
    TaskQueue.bootstrap(queue)
    announce(session, logger)

    let readiness = Readiness(of: beat ? 2 : 1) { status.ready() }
    let busy = BusyReporter(status)
    let worker = Worker(
      queue: queue, registry: session.registry, configuration: session.workerConfiguration,
      logger: logger, onReady: readiness.isReady, onBusy: busy.report)
    var services: [any Service] = [
      PatientService(base: worker, door: session.door, logger: logger)
    ]
    if beat {
      let beat = try session.beat(queue, onReady: readiness.isReady)
      services.append(PatientService(base: beat, door: session.door, logger: nil))
    }
    try await ServiceRunner(supervision: session.supervision, status: status, logger: logger)
      .run(services)
    await queue.broker.close()
  }

  var flags: [String: String] {
    let own = FlagTexts.of(
      ("--concurrency", concurrency), ("--queues", queues), ("--hostname", hostname),
      ("--prefetch", prefetch), ("--stop-timeout", stopTimeout), ("--lease", lease),
      ("--unknown-tasks", unknownTasks), ("--deliveries", deliveries),
      ("--visibility", visibility))
    return own.merging(brokerOptions.flags) { $1 }.merging(logOptions.flags) { $1 }
  }

  private func announce(_ session: Session, _ logger: Logger) {
    if session.showsBanner {
      session.surroundings.print(Banner.worker(session, runsBeat: beat))
    } else {
      let settings = session.settings
      logger.info(
        "starting",
        metadata: [
          "worker": "\(settings.hostname.value)", "broker": "\(settings.broker.value)",
          "queues": "\(settings.queues.value)", "concurrency": "\(settings.concurrency.value)",
          "tasks": "\(session.registry.all.count)",
        ])
    }
  }
}

extension Session {
  /// The settings as a worker takes them.
  var workerConfiguration: WorkerConfiguration {
    var configuration = WorkerConfiguration(
      concurrency: settings.concurrency.value, queues: settings.queues.value,
      prefetch: settings.prefetch.value, name: settings.hostname.value.description)
    configuration.stopTimeout = settings.stopTimeout.value
    configuration.lease = settings.lease.value
    configuration.unknownTasks = settings.unknownTasks.value
    configuration.deliveries = settings.deliveries.value
    configuration.visibility = settings.visibility.value
    configuration.instance = supervision.id
    configuration.predecessor = supervision.predecessors
    return configuration
  }
}
