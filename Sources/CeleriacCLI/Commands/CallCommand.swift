import ArgumentParser
import CeleriacCore

/// `call`: sends a call of a task.
struct CallCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "call", abstract: "Sends a call of a task and prints its id.",
      discussion: """
        Arguments are checked against the task's types before anything is sent:

          \(App.name) call add --args '[2, 2]' --wait 10
          \(App.name) call mail.send --kwargs '{"to": "ada@example.org"}' --countdown 30

        A task that is not in this program, one in Python say, is called by name, unchecked.
        """)
  }

  @Argument(help: "The task's name, as 'list' shows it.")
  var name: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("Positional arguments.", valueName: "json array"))
  var args = "[]"

  @Option(
    name: [.short, .long], help: ArgumentHelp("Keyword arguments.", valueName: "json object"))
  var kwargs = "{}"

  @Option(help: ArgumentHelp("Run no sooner than after this time.", valueName: "time"))
  var countdown: String?

  @Option(help: ArgumentHelp("Run no sooner than then, in ISO 8601.", valueName: "instant"))
  var eta: String?

  @Option(
    help: ArgumentHelp(
      "Do not start later than after this time, or than this instant.", valueName: "time"))
  var expires: String?

  @Option(help: ArgumentHelp("The queue; the task's own otherwise.", valueName: "name"))
  var queue: String?

  @Option(help: ArgumentHelp("0, taken first, to 9, taken last.", valueName: "0-9"))
  var priority: String?

  @Option(help: ArgumentHelp("The call's id; a random UUID otherwise.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("Wait so long for the result, and print it.", valueName: "time"))
  var wait: String?

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let (signature, limit) = try read(session)
    _ = try await session.door.open()
    let queue = try session.queue()
    let result = try await queue.send(signature)
    guard let limit else { return surroundings.print(result.id.rawValue) }
    surroundings.note("sent \(result.id)")
    try await ResultText(queue: queue, id: result.id, limit: limit).print(in: surroundings)
  }

  // Everything that can be wrong is found before anything is sent.
  private func read(_ session: Session) throws -> (Signature<Nothing>, limit: Duration?) {
    guard !name.isEmpty else {
      throw CommandFailure(.usage, "NAME is empty; expected is the name of a task, see 'list'")
    }
    guard id != "" else {
      throw CommandFailure(.usage, "--id is empty; leave it out for a random one")
    }
    let arguments: CallArguments
    do throws(ArgumentError) {
      arguments = try CallArguments(json: args, kwargs)
      if let task = session.registry[name] {
        try task.handle.check(try Arguments(args: args, kwargs: kwargs))
      } else {
        session.surroundings.note(
          "note: '\(name)' is not a task of \(App.name); sent by name, arguments unchecked")
      }
    } catch {
      let task = session.registry[name]?.handle.signatureText ?? name
      throw CommandFailure(.usage, "\(error); the task is \(task)")
    }
    let options = session.registry[name]?.handle.options ?? TaskOptions()
    var signature = Signature<Nothing>(calling: name, arguments, options: options)
    if let queue { signature = signature.on(queue: try QueueName.checked([queue])[0]) }
    if let id { signature = signature.id(TaskID(id)) }
    if let priority { signature = signature.priority(try self.priority(priority)) }
    signature = try schedule(signature)
    return (signature, try wait.map { try duration($0, "--wait") })
  }

  private func schedule(_ signature: Signature<Nothing>) throws -> Signature<Nothing> {
    var signature = signature
    if countdown != nil, eta != nil {
      throw CommandFailure(.usage, "--countdown and --eta exclude each other")
    }
    if let countdown { signature = signature.after(try duration(countdown, "--countdown")) }
    if let eta { signature = signature.at(try instant(eta, "--eta")) }
    if let expires {
      if let duration = DurationText.read(expires) {
        signature = signature.expires(after: duration)
      } else {
        signature = signature.expires(
          at: try instant(expires, "--expires", or: "\(DurationText.expected), or "))
      }
    }
    return signature
  }

  private func priority(_ text: String) throws -> TaskPriority {
    guard let level = Int(text), 0...9 ~= level else {
      throw CommandFailure(.usage, "--priority is '\(text)'; expected is a number from 0 to 9")
    }
    return TaskPriority(level)
  }

  private func duration(_ text: String, _ flag: String) throws -> Duration {
    guard let duration = DurationText.read(text) else {
      throw CommandFailure(
        .usage, "\(flag) is '\(text)'; expected is \(DurationText.expected)")
    }
    return duration
  }

  private func instant(
    _ text: String, _ flag: String, or others: String = ""
  ) throws -> Timestamp {
    guard let instant = Timestamp(iso8601: text) else {
      throw CommandFailure(
        .usage,
        "\(flag) is '\(text)'; expected is \(others)an instant such as 2030-01-31T08:30:00+01:00")
    }
    return instant
  }
}
