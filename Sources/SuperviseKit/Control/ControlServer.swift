import CLinux
import Glibc

/// The control socket, and those who are connected to it.
final class ControlServer {
  typealias Instant = ContinuousClock.Instant

  private static let mostClients = 128

  let path: String
  private let socket: Descriptor
  private let loop: EventLoop
  private var connections: [ObjectIdentifier: ControlConnection] = [:]
  /// Given up for a client that would find no descriptor left, so that it can be told.
  private var reserve: Descriptor? = ControlServer.makeReserve()
  /// Clients that were let go because they did not read.
  private(set) var dropped = 0
  /// Called with each request.
  var onRequest: (ControlRequest, ControlConnection) -> Void = { _, _ in }

  /// Begins to listen; only the holder of the folder's lock may.
  init(at path: String, loop: EventLoop) throws(SystemError) {
    self.path = path
    self.loop = loop
    socket = try ControlAddress.listen(on: path)
    loop.watch(socket.number) { [unowned self] in accept() }
  }

  var deadline: Instant? { connections.values.lazy.compactMap(\.deadline).min() }

  func timeIs(_ now: Instant) {
    for connection in connections.values { connection.timeIs(now) }
  }

  /// After each round: what was said to streams goes out.
  func flush() {
    for connection in connections.values { connection.flush() }
  }

  /// Gives the path back, and lets everybody go.
  func close() {
    loop.unwatch(socket.number)
    unlink(path)
    for connection in connections.values { connection.flush() }
    connections = [:]
  }

  private func accept() {
    while true {
      var uid: uid_t = 0
      var number = cel_accept(socket.number, &uid)
      let isLast = number == -EMFILE || number == -ENFILE
      if isLast {
        // Left waiting, it would wake the loop again and again.
        reserve = nil
        number = cel_accept(socket.number, &uid)
      }
      defer { if isLast { reserve = Self.makeReserve() } }
      guard number >= 0 else { return }
      let descriptor = Descriptor(number)
      guard !isLast else {
        ControlConnection.turnAway(
          descriptor, ControlError(.refused, "supervise has no descriptors left (ulimit -n)"))
        continue
      }
      take(descriptor, of: uid)
    }
  }

  private static func makeReserve() -> Descriptor? {
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    return number < 0 ? nil : Descriptor(number)
  }

  private func take(_ descriptor: Descriptor, of uid: uid_t) {
    let connection = ControlConnection(descriptor, loop: loop, now: .now)
    let id = ObjectIdentifier(connection)
    connections[id] = connection
    connection.onClose = { [unowned self] in connections[id] = nil }
    connection.onStalled = { [unowned self] in dropped += 1 }
    guard uid == geteuid() || uid == 0 else {
      return connection.refuse(
        ControlError(.denied, "the supervisor belongs to user \(geteuid()), you are \(uid)"))
    }
    guard connections.count <= Self.mostClients else {
      return connection.refuse(
        ControlError(.refused, "\(Self.mostClients) clients are connected already"))
    }
    connection.onRequest = { [unowned self, unowned connection] line in
      do throws(ControlError) {
        guard let json = JSON(reading: line) else {
          throw ControlError(.badRequest, "the request is no JSON")
        }
        onRequest(try ControlRequest(json), connection)
      } catch {
        connection.refuse(error)
      }
    }
  }
}
