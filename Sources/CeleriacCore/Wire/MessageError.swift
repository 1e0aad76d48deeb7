/// Why a message could not become a call.
public struct MessageError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Equatable, CustomStringConvertible {
    /// The message is no JSON object with headers and properties.
    ///
    /// It goes to the dead letters; look there who sends such things.
    public static let malformedMessage = Code("malformed message")

    /// The body is no list of arguments, keywords and links.
    ///
    /// The message goes to the dead letters.
    public static let malformedBody = Code("malformed body")

    /// The body is pickled, compressed or serialized in another way that is not read.
    ///
    /// Let the sender use JSON without compression.
    public static let unsupportedContent = Code("unsupported content")

    /// The call has no id.
    public static let missingID = Code("missing id")

    /// No task of that name is compiled in.
    ///
    /// Deploy a worker that has it, or purge the queue.
    public static let unknownTask = Code("unknown task")

    /// The arguments do not fit the task's parameters.
    public static let invalidArguments = Code("invalid arguments")

    /// The code in words.
    public let description: String

    private init(_ text: String) { description = text }
  }

  /// What went wrong.
  public let code: Code

  /// The task named by the message, when it could be read.
  public let task: String?

  /// The id of the call, when it could be read.
  public let id: TaskID?

  /// One line for a person: which field, and what was found there.
  public let detail: String

  package init(_ code: Code, task: String? = nil, id: TaskID? = nil, detail: String) {
    self.code = code
    self.task = task
    self.id = id
    self.detail = detail
  }

  /// Subject, code and detail in one line.
  public var description: String {
    let subject = task.map { "task '\($0)'\(id.map { " [\($0)]" } ?? "")" } ?? "message"
    return "\(subject): \(code): \(detail)"
  }
}
