import Glibc

/// The thread of a proxy: all of its sockets, and nothing else.
final class ProxyLoop {
  let plan: FaultPlan
  private let path: String
  private let wake: Int32
  private var listener: Int32?
  private var connections: [ProxyConnection] = []
  private var orders: FaultPlan.Orders
  private var inquirer: PlainClient?

  init(path: String, listener: Int32, wake: Int32, plan: FaultPlan) {
    self.path = path
    self.listener = listener
    self.wake = wake
    self.plan = plan
    orders = plan.takeOrders()
  }

  deinit {
    if let listener { close(listener) }
    close(wake)
    unlink(path)
  }

  func run() {
    while !orders.isOver {
      waitForEvents()
      let before = orders.target
      orders = plan.takeOrders()
      if orders.target != before { inquirer = nil }
      obey()
      connections.removeAll { $0.fate == .over }
    }
  }

  /// Asks Redis something beside all connections; 0 where there is no answer.
  func ask(_ words: [String]) -> Int {
    if inquirer == nil { inquirer = PlainClient(orders.target) }
    if let answer = inquirer?.ask(words) { return answer }
    inquirer = nil
    return 0
  }

  private func obey() {
    switch orders.sweep {
    case .cut: connections = []
    case .silence: for connection in connections { connection.silence() }
    case nil: break
    }
    switch orders.door {
    case .open where listener == nil: listener = try? UnixSocket.listen(at: path)
    case .closed:
      if let listener { close(listener) }
      listener = nil
      unlink(path)
    case .open, .frozen: break
    }
  }

  private func waitForEvents() {
    var descriptors = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
    guard orders.door != .frozen else {
      poll(&descriptors, 1, -1)
      return drainWake(descriptors[0])
    }
    descriptors.append(pollfd(fd: listener ?? -1, events: Int16(POLLIN), revents: 0))
    var due: ContinuousClock.Instant?
    for connection in connections {
      let toClient = connection.writesToClient ? POLLOUT : 0
      let toServer = connection.writesToServer ? POLLOUT : 0
      let server = connection.fate == .silent ? -1 : connection.server
      descriptors.append(
        pollfd(fd: connection.client, events: Int16(POLLIN | toClient), revents: 0))
      descriptors.append(pollfd(fd: server, events: Int16(POLLIN | toServer), revents: 0))
      if let next = connection.nextDue { due = due.map { min($0, next) } ?? next }
    }
    let known = connections
    poll(&descriptors, nfds_t(descriptors.count), due.map { Self.milliseconds(until: $0) } ?? -1)
    drainWake(descriptors[0])
    if descriptors[1].revents != 0 { accept() }
    for (index, connection) in known.enumerated() {
      serve(connection, descriptors[2 + 2 * index], descriptors[3 + 2 * index])
    }
  }

  private func serve(_ connection: ProxyConnection, _ client: pollfd, _ server: pollfd) {
    let input = Int16(POLLIN | POLLHUP | POLLERR)
    if client.revents & input != 0 { connection.readFromClient(self) }
    if server.revents & input != 0, connection.fate == .open { connection.readFromServer(self) }
    if connection.fate == .open { connection.writeToServer() }
    if connection.fate == .open { connection.writeToClient() }
  }

  private static func milliseconds(until due: ContinuousClock.Instant) -> Int32 {
    let left = ContinuousClock.now.duration(to: due)
    return left <= .zero ? 0 : Int32(left / .milliseconds(1)) + 1
  }

  private func drainWake(_ descriptor: pollfd) {
    guard descriptor.revents != 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(wake, &bytes, bytes.count) > 0 {}
  }

  private func accept() {
    guard let listener else { return }
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    UnixSocket.unblock(client)
    guard let server = UnixSocket.connect(to: orders.target) else {
      close(client)
      return
    }
    connections.append(ProxyConnection(client: client, server: server))
  }
}
