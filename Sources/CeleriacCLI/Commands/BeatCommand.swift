import ArgumentParser
import CeleriacCore
import Logging
import ServiceLifecycle

/// `beat`: sends the periodic tasks when they fall due.
struct BeatCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "beat", abstract: "Sends the periodic tasks when they fall due.",
      discussion: """
        It only sends them; workers run them. Any number may run at once: each due instant is sent \
        once. 'worker --beat' does the same inside a worker.
        """)
  }

  @OptionGroup var brokerOptions: BrokerOptions
  @OptionGroup var logOptions: LogOptions

  func run(in surroundings: Surroundings) async throws {
    let flags = brokerOptions.flags.merging(logOptions.flags) { $1 }
    let session = try Session(App.self, flags: flags, in: surroundings)
    surroundings.adopt(session.logHandler)
    let status = StatusPipe(session.supervision)
    let logger = session.logger("beat")
    let queue = try session.queue(logger: session.logger("redis"))
    TaskQueue.bootstrap(queue)
    let beat = try session.beat(queue, onReady: { status.ready() })
    if session.showsBanner {
      surroundings.print(Banner.beat(session, at: SystemWallClock().now()))
    }
    try await ServiceRunner(supervision: session.supervision, status: status, logger: logger)
      .run([PatientService(base: beat, door: session.door, logger: logger)])
    await queue.broker.close()
  }
}
