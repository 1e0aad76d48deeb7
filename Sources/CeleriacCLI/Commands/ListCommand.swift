import ArgumentParser
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule

/// `list`: shows what this program consists of.
struct ListCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "Lists tasks, schedules and queues, or settings.",
      discussion: """
        Needs no broker; with one at hand, it also knows when intervals fire next.

          \(App.name) list --settings   each setting, its value, and who has said it
        """)
  }

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "List settings instead: every value and who has said it.")
  var settings = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    if settings {
      let rows = session.settings.rows
      surroundings.print(
        json
          ? try JSONText.of(rows)
          : Columns.lines(rows.map { [$0.name, $0.value, $0.source] }, indent: 0)
            .joined(separator: "\n"))
      return
    }
    let inventory = await Inventory.of(session)
    surroundings.print(json ? try JSONText.of(inventory) : inventory.text)
  }
}

/// The tasks, schedules and queues of an application.
struct Inventory: Encodable {
  struct Task: Encodable {
    struct Parameter: Encodable {
      let name: String
      let type: String
      let hasDefault: Bool
    }

    let name: String
    let parameters: [Parameter]
    let queue: String
    let source: String
    let signature: String
  }

  struct Entry: Encodable {
    let name: String
    let schedule: String
    let next: String
  }

  let tasks: [Task]
  let schedule: [Entry]
  let queues: [String]

  static func of(_ session: Session) async -> Inventory {
    let anchors = await BeatAnchors.read(session)
    let firings = FiringText(now: SystemWallClock().now())
    let tasks = session.registry.all.map { task in
      Task(
        name: task.name,
        parameters: task.handle.parameters.map {
          .init(name: $0.name, type: $0.type, hasDefault: $0.hasDefault)
        },
        queue: (task.handle.options.queue ?? session.settings.defaultQueue.value).rawValue,
        source: task.handle.source.description, signature: task.handle.signatureText)
    }
    let schedule = session.entries.map { entry in
      Entry(
        name: entry.name, schedule: entry.schedule.description,
        next: firings.next(entry.schedule, anchor: anchors[entry.name]))
    }
    return Inventory(
      tasks: tasks, schedule: schedule, queues: session.settings.queues.value.map(\.rawValue))
  }

  var text: String {
    var lines = ["tasks"]
    lines += tasks.isEmpty ? ["  none"] : []
    lines += Columns.lines(tasks.map { [$0.signature, $0.queue, $0.source] })
    if !schedule.isEmpty {
      lines += ["", "schedule"]
      lines += Columns.lines(schedule.map { [$0.name, $0.schedule, "next \($0.next)"] })
    }
    lines += ["", "queues", "  \(queues.joined(separator: ", "))"]
    return lines.joined(separator: "\n")
  }
}

/// Where intervals are counted from, as far as a broker is there and knows.
enum BeatAnchors {
  static func read(_ session: Session) async -> [String: Timestamp] {
    let entries = session.entries.filter { $0.schedule.zone == nil }.map {
      BeatEntryID(name: $0.name, schedule: $0.schedule.description)
    }
    guard !entries.isEmpty else { return [:] }
    do {
      let connection = try await session.door.open()
      let states = try await BeatState.peek(entries, over: connection)
      var anchors: [String: Timestamp] = [:]
      for (entry, state) in zip(entries, states) { anchors[entry.name] = state?.anchor }
      return anchors
    } catch {
      // A listing needs no broker; it says less without.
      return [:]
    }
  }
}

/// Values as JSON text, for programs.
enum JSONText {
  static func of(_ value: some Encodable) throws -> String {
    String(decoding: try WireCoding.encode(value), as: UTF8.self)
  }
}
