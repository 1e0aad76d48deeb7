import CeleriacCore
import CeleriacRedis
import CeleriacSchedule

/// A dead letter as people and programs read it.
struct LetterText: Encodable {
  let id: String
  let time: String
  let queue: String
  let reason: String
  let crashes: Int
  let worker: String
  /// What the message says, as far as it can be read.
  let task: String?
  let taskID: String?
  let attempt: Int?

  private let buried: Timestamp
  private let message: [UInt8]
  private let call: TaskCall?

  private enum CodingKeys: CodingKey {
    case id, time, queue, reason, crashes, worker, task, taskID, attempt
  }

  init(_ letter: DeadLetter) {
    id = letter.id.description
    buried = Timestamp(microsecondsSince1970: letter.id.milliseconds * 1000)
    time = buried.description
    queue = letter.queue.rawValue
    reason = letter.reason
    crashes = letter.crashes
    worker = letter.worker
    message = letter.message
    do throws(MessageError) {
      let call = try TaskCall(message: letter.message)
      self.call = call
      task = call.task
      taskID = call.id.rawValue
      attempt = call.attempt
    } catch {
      call = nil
      attempt = nil
      // Of a call whose body can't be read, the headers may name the task all the same.
      let envelope = try? Envelope(letter.message)
      task = error.task ?? envelope?.task
      taskID = (error.id ?? envelope?.id)?.rawValue
    }
  }

  /// The cells of a table.
  func row(at now: Timestamp) -> [String] {
    [id, AgeText.ago(now - buried), queue, task ?? "?", Self.line(reason, upTo: 80)]
  }

  static let titles = ["id", "buried", "queue", "task", "reason"]

  /// All there is to say.
  func whole(at now: Timestamp) -> String {
    var rows = [
      ["letter", id], ["buried", "\(time) (\(AgeText.ago(now - buried)))"], ["by", worker],
      ["queue", queue], ["reason", reason], ["crashes", "\(crashes)"],
    ]
    if let task { rows.append(["task", task]) }
    if let taskID { rows.append(["task id", taskID]) }
    if let attempt { rows.append(["attempt", "\(attempt)"]) }
    if let eta = call?.eta { rows.append(["eta", eta.description]) }
    if let expires = call?.expires { rows.append(["expires", expires.description]) }
    var lines = Columns.lines(rows, indent: 0)
    lines += arguments
    if let headers = (try? Envelope(message))?.headerTexts, !headers.isEmpty {
      lines += ["", "headers"] + Columns.lines(headers.map { [$0.name, $0.text] })
    }
    if call == nil { lines += ["", "message, \(message.count) bytes", "  " + beginning] }
    return lines.map { Self.line($0, upTo: .max) }.joined(separator: "\n")
  }

  private var arguments: [String] {
    guard let call else { return [] }
    var rows = call.positionalTexts.map { ["", $0] }
    rows += call.keywordTexts.map { [$0.name, $0.text] }
    return ["", "arguments"] + (rows.isEmpty ? ["  none"] : Columns.lines(rows))
  }

  // Enough to see what it is.
  private var beginning: String {
    Self.line(String(decoding: message.prefix(400), as: UTF8.self), upTo: 400)
  }

  // Whatever stands in a message, its control characters do nothing to the terminal.
  private static func line(_ text: String, upTo count: Int) -> String {
    let scalars = text.unicodeScalars.prefix(count).map { scalar in
      scalar.properties.generalCategory == .control ? "·" : Character(scalar)
    }
    return String(scalars) + (text.unicodeScalars.count > count ? "…" : "")
  }
}
