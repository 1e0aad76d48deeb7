internal import CHiredis

/// The subscriptions of one connection, on its I/O thread.
final class SubscriptionPipe {
  private struct Question {
    let channels: [String]
    var unconfirmed: Int
  }

  typealias Receiver = @Sendable (RedisSubscriber.Signal) -> Void

  /// Channels per command when all are asked for again.
  private static let chunk = 256

  private var table = SubscriptionTable<Receiver>()
  private var link: HiredisLink?
  private var end: RedisError?
  /// The commands that the server has not confirmed in full, in order.
  private var asked = FIFO<Question>()
  /// How many callbacks hiredis keeps for error replies.
  private var errorCallbacks = 0
  private var lastReceived: ContinuousClock.Instant
  private var check: IOLoop.TimerID?
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

  func add(_ receiver: @escaping Receiver, id: Int, to channel: String) {
    if let end { return receiver(.failed(end)) }
    switch table.add(receiver, id: id, to: channel) {
    case .subscribe: ask(for: [channel])
    case .listensAlready: receiver(.listening)
    case .unsubscribe, .nothing: break
    }
  }

  func remove(id: Int, from channel: String) {
    guard table.remove(id: id, from: channel) == .unsubscribe, let link else { return }
    link.append(RedisCommand("UNSUBSCRIBE", channel))
  }

  private func ask(for channels: [String]) {
    guard let link else { return }
    for channel in channels { table.asked(for: channel) }
    asked.append(Question(channels: channels, unconfirmed: channels.count))
    link.append(RedisCommand("SUBSCRIBE", Each(channels)))
    // hiredis drops an error reply of a subscribed connection unless an ordinary command waits for
    // one. The answer to a PING between subscriptions is no ordinary one: its callback stays.
    while errorCallbacks < asked.count {
      link.append(RedisCommand("PING"))
      errorCallbacks += 1
    }
  }
}

extension SubscriptionPipe: ConnectorUser {
  func connectorIsReady(_ link: HiredisLink, clientID: Int?) {
    self.link = link
    lastReceived = loop.now
    let names = table.names
    for start in stride(from: 0, to: names.count, by: Self.chunk) {
      ask(for: Array(names[start..<min(start + Self.chunk, names.count)]))
    }
    checkLater()
  }

  func connector(received reply: UnsafePointer<redisReply>) {
    lastReceived = loop.now
    switch RedisReply(reply) {
    case .array(let elements):
      receive(elements)
    case .error(let line):
      errorCallbacks -= 1
      refuse(line)
    case .status:
      errorCallbacks -= 1
    default:
      break
    }
  }

  private func receive(_ elements: [RedisReply]) {
    guard elements.count >= 3, let channel = elements[1].text else { return }
    switch elements[0].text {
    case "message":
      guard let payload = elements[2].bytes else { return }
      for receive in table.receivers(of: channel) { receive(.message(payload)) }
    case "subscribe":
      asked.withFirst { $0.unconfirmed -= 1 }
      if asked.first?.unconfirmed == 0 { _ = asked.popFirst() }
      for (receive, beginning) in table.confirmed(channel) {
        receive(beginning == .first ? .listening : .resumed)
      }
    default:
      break
    }
  }

  /// The oldest command was refused as a whole: the user may not listen there.
  private func refuse(_ line: String) {
    if ServerRefusal(line) == .notReady {
      connector?.drop(RedisError(.notReady, subject, line))
      return
    }
    let error = RedisError(.errorReply, subject, line)
    for channel in asked.popFirst()?.channels ?? [] {
      for receive in table.refused(channel) { receive(.failed(error)) }
    }
  }

  func connectorHasRoom() {}

  func connectorLost(_ reason: RedisError) {
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
    errorCallbacks = 0
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
      ask(for: [channel])
    }
    checkLater()
  }
}
