internal import CHiredis

/// The subscriptions of one connection, on its I/O thread.
final class SubscriptionPipe {
  typealias Receiver = @Sendable (RedisSubscriber.Signal) -> Void

  private var table = SubscriptionTable<Receiver>()
  private var link: HiredisLink?
  private var end: RedisError?
  /// The channels that the server has not answered for, in order.
  private var asked = FIFO<String>()
  private var lastReceived: ContinuousClock.Instant
  private var check: IOLoop.TimerID?
  /// The ends of receivers' time.
  private var limits: [Int: IOLoop.TimerID] = [:]
  private let configuration: RedisConfiguration
  private let subject: String
  private let loop: IOLoop
  private var connector: Connector?

  init(
    _ configuration: RedisConfiguration, loop: IOLoop,
    announce: @escaping @Sendable (RedisConnectionEvent) -> Void
  ) {
    self.configuration = configuration
    self.loop = loop
    subject = configuration.url.description
    lastReceived = loop.now
    connector = Connector(configuration, user: self, loop: loop, announce: announce)
    connector?.start()
  }

  func close() { connector?.close() }

  func add(
    _ receiver: @escaping Receiver, id: Int, to channel: String, for limit: Duration?
  ) {
    if let end { return receiver(.failed(end)) }
    if let limit {
      limits[id] = loop.schedule(after: limit) { [weak self] _ in
        self?.limits[id] = nil
        receiver(.timeIsOver)
      }
    }
    switch table.add(receiver, id: id, to: channel) {
    case .subscribe: ask(for: channel)
    case .listensAlready: receiver(.listening)
    case .unsubscribe, .nothing: break
    }
  }

  func remove(id: Int, from channel: String) {
    if let limit = limits.removeValue(forKey: id) { loop.cancel(limit) }
    guard table.remove(id: id, from: channel) == .unsubscribe, let link else { return }
    link.append(RedisCommand("UNSUBSCRIBE", channel))
  }

  /// One command per channel: a command that is refused is refused as a whole.
  private func ask(for channel: String) {
    guard let link else { return }
    table.asked(for: channel)
    asked.append(channel)
    link.append(RedisCommand("SUBSCRIBE", channel))
  }
}

extension SubscriptionPipe: ConnectorUser {
  func connectorIsReady(_ link: HiredisLink, clientID: Int?) {
    self.link = link
    lastReceived = loop.now
    for channel in table.names { ask(for: channel) }
    checkLater()
  }

  func connector(received reply: UnsafePointer<redisReply>) {
    lastReceived = loop.now
    if case .array(let elements) = RedisReply(reply) { receive(elements) }
  }

  private func receive(_ elements: [RedisReply]) {
    guard elements.count >= 3, let channel = elements[1].text else { return }
    switch elements[0].text {
    case "message":
      guard let payload = elements[2].bytes else { return }
      for receive in table.receivers(of: channel) { receive(.message(payload)) }
    case "subscribe":
      _ = asked.popFirst()
      for (receive, beginning) in table.confirmed(channel) {
        receive(beginning == .first ? .listening : .resumed)
      }
    default:
      break
    }
  }

  func connectorHasRoom() {}

  func connectorIsQuiet(_ link: HiredisLink) {}

  func connectorLost(_ reason: RedisError) {
    // hiredis hangs up on an error reply here; it answers the oldest question.
    if reason.code == .errorReply, let channel = asked.popFirst() {
      for receive in table.refused(channel) { receive(.failed(reason)) }
    }
    disconnect()
  }

  func connectorEnded(_ reason: RedisError?) {
    disconnect()
    let reason = reason ?? RedisError(.closed, subject, "the connection was closed")
    end = reason
    for receive in table.removeAll() { receive(.failed(reason)) }
  }

  private func disconnect() {
    link = nil
    _ = asked.removeAll()
    table.interrupt()
    if let check { loop.cancel(check) }
    check = nil
  }
}

// A subscriber may hear nothing for hours, so it asks whether the server is still there: by
// subscribing once more to what it listens to, which changes nothing and is answered.
extension SubscriptionPipe {
  private func checkLater() {
    check = loop.schedule(after: configuration.commandTimeout) { [weak self] _ in
      self?.checkSilence()
    }
  }

  private func checkSilence() {
    let silence = lastReceived.duration(to: loop.now)
    if silence >= configuration.commandTimeout * 2, !asked.isEmpty {
      connector?.drop(RedisError(.timedOut, subject, "the server fell silent"))
      return
    }
    if silence >= configuration.commandTimeout, asked.isEmpty, let channel = table.someListening {
      ask(for: channel)
    }
    checkLater()
  }
}
