internal import Synchronization

/// What other threads may know of a connection.
final class ConnectionStatus: Sendable {
  let announce: @Sendable (RedisConnectionEvent) -> Void
  private let id = Mutex<Int?>(nil)

  init(announce: @escaping @Sendable (RedisConnectionEvent) -> Void) {
    self.announce = announce
  }

  var clientID: Int? { id.withLock { $0 } }

  func connected(clientID: Int?) { id.withLock { $0 = clientID } }

  func disconnected() { id.withLock { $0 = nil } }
}
