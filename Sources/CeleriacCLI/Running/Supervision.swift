/// What a supervisor has told this process in its environment; nothing without one.
struct Supervision: Sendable {
  /// The place that the process has in the formation, such as `worker.2`.
  let place: String?
  /// A name that no other process of the supervisor ever has.
  let id: String?
  /// The ids of the processes that were in this place and are dead for certain, blanks between.
  let predecessors: String?
  /// Where the supervisor wants to hear how the process is.
  let statusDescriptor: Int32?
  /// A pipe that ends with the supervisor.
  let lifelineDescriptor: Int32?
  /// Where systemd wants to hear how the process is.
  let notifySocket: String?

  init(environment: [String: String]) {
    func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func descriptor(_ name: String) -> Int32? {
      // The standard streams are never meant.
      text(name).flatMap { Int32($0) }.flatMap { $0 > 2 ? $0 : nil }
    }
    place = text("SUPERVISE_INSTANCE")
    id = text("SUPERVISE_ID")
    predecessors = text("SUPERVISE_PREDECESSOR")
    statusDescriptor = descriptor("SUPERVISE_STATUS_FD")
    lifelineDescriptor = descriptor("SUPERVISE_LIFELINE_FD")
    notifySocket = text("NOTIFY_SOCKET")
  }

  static func isPresent(in environment: [String: String]) -> Bool {
    let supervision = Supervision(environment: environment)
    return supervision.place != nil || supervision.statusDescriptor != nil
  }
}
