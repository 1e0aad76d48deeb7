import ArgumentParser
import SuperviseKit

/// The command `supervise start`.
struct Start: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Starts processes that were stopped or given up on, and waits until they are ready.")

  @OptionGroup var whom: Where
  @OptionGroup var which: Which
  @OptionGroup var patience: Patience

  func run() throws {
    report("started", try whom.ask(.start(which.names, patience.completion)))
  }
}

/// The command `supervise stop`.
struct Stop: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stops processes; they stay stopped until 'supervise start'.",
    discussion: "Neither a crash nor a new build brings them back.")

  @OptionGroup var whom: Where
  @OptionGroup var which: Which
  @OptionGroup var patience: Patience

  func run() throws {
    report("stopped", try whom.ask(.stop(which.names, patience.completion)))
  }
}

/// The command `supervise restart`.
struct Restart: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Restarts processes, and waits until the new ones are ready.",
    discussion: """
      Those with reload=drain (a worker, for one) start their successor first and then
      finish what they have in hand, one after the other. If the first new one of a
      kind is not ready, the others are left alone, and this ends with 1.
      """)

  @OptionGroup var whom: Where
  @OptionGroup var which: Which
  @OptionGroup var patience: Patience

  func run() throws {
    report("restarted", try whom.ask(.restart(which.names, patience.completion)))
  }
}

/// The command `supervise reload`.
struct Reload: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "dev: builds, and reloads what is new. prod: restarts all, one after the other.")

  @OptionGroup var whom: Where

  func run() throws {
    print(try whom.ask(.reload)["doing"]?.text ?? "")
  }
}

/// The command `supervise signal`.
struct SendSignal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signal", abstract: "Sends a signal to processes, to each alone.",
    discussion: """
      supervise signal USR1 web

      A process that ends of it has ended by itself: it is started again if its
      policy says so. 'supervise stop' is what makes it stay away.
      """)

  @OptionGroup var whom: Where
  @Argument(
    help: "HUP, SIGHUP, or a number.",
    completion: .list(SignalName.all),
    transform: { text in
      guard let number = SignalName.sendable(text) else {
        throw ValidationError(
          "'\(text)' is no signal; name one such as \(SignalName.all.joined(separator: ", ")).")
      }
      return number
    })
  var signal: Int32
  @OptionGroup var which: Which

  func run() throws {
    report("signalled", try whom.ask(.signal(signal, which.names)))
  }
}

/// The command `supervise scale`.
struct Scale: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Changes how many of a kind run: supervise scale worker=6",
    discussion: """
      What is too many finishes what it has in hand. The Procfile stays as it is: the
      next 'supervise dev' or 'prod' begins with what its own -c says.
      """)

  @OptionGroup var whom: Where
  @Argument(
    help: ArgumentHelp("How many of which kind.", valueName: "kind=count"),
    completion: .custom { runningKinds($0, $1, $2).map { $0 + "=" } },
    transform: { text in
      let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let count = Int(sides[1]), !sides[0].isEmpty else {
        throw ValidationError("'\(text)' is not of the form worker=4.")
      }
      guard 0...Formation.most ~= count else {
        throw ValidationError("'\(text)': a kind has from 0 to \(Formation.most) processes.")
      }
      return ControlRequest.Share(String(sides[0]), count)
    })
  var shares: [ControlRequest.Share]

  func run() throws {
    print(try whom.ask(.scale(shares))["doing"]?.text ?? "")
  }
}

/// The command `supervise wait`.
struct Wait: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Waits until processes are ready: supervise wait --ready web --timeout 30s",
    discussion: """
      It may be called before 'supervise dev' or 'prod' has begun. It ends with 0 when
      all of them are ready, with 1 when one of them was given up on or is stopped,
      and with 124 when the time is over.
      """)

  @OptionGroup var whom: Where
  @Flag(help: "What to wait for; there is nothing else so far.") var ready = false
  @Option(
    help: ArgumentHelp("Wait no longer than this.", valueName: "time"), transform: time)
  var timeout: Duration?
  @OptionGroup var which: Which

  func run() throws {
    let end = timeout.map { ContinuousClock.now + $0 }
    var left = timeout
    try answered { () throws(ControlError) in
      while true {
        do throws(ControlError) {
          _ = try ControlClient.ask(.wait(which.names, left), at: whom.socket)
          return
        } catch {
          guard error.code == .unreachable else { throw error }
          if let end, ContinuousClock.now >= end { throw error.outOfTime }
          ControlClient.pause()
          left = end.map { max($0 - .now, .zero) }
        }
      }
    }
  }
}

extension ControlError {
  /// Nobody has come to answer in time.
  fileprivate var outOfTime: ControlError { ControlError(.timedOut, detail) }
}

/// The command `supervise quit`.
struct Quit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stops everything, the supervisor too, and waits until it has ended.",
    discussion: "The same as Ctrl-C there: a second one does not wait, a third one kills.")

  @OptionGroup var whom: Where
  @Flag(name: .customLong("no-wait"), help: "Do not wait until it has ended.")
  var noWait = false

  func run() throws {
    try answered { () throws(ControlError) in
      let client = try ControlClient(path: whom.socket)
      client.send(.quit)
      guard try client.next() != nil, !noWait else { return }
      client.waitForEnd(at: whom.socket)
    }
  }
}
