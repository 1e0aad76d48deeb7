internal import CHiredis

/// Who uses the connection that a connector keeps up.
protocol ConnectorUser: AnyObject {
  /// The link serves commands from now on.
  func connectorIsReady(_ link: HiredisLink, clientID: Int?)

  /// A reply to one of the user's commands, valid during the call.
  func connector(received reply: UnsafePointer<redisReply>)

  /// Some output has been written.
  func connectorHasRoom()

  /// What had come is read, and the link has nothing to do for now.
  func connectorIsQuiet(_ link: HiredisLink)

  /// The link is gone; another will follow.
  func connectorLost(_ reason: RedisError)

  /// No link will follow; nil when this process closed it.
  func connectorEnded(_ reason: RedisError?)
}

/// Keeps one connection up: performs what its ``ConnectionMachine`` decides.
///
/// Lives on the I/O thread.
final class Connector {
  let configuration: RedisConfiguration
  let subject: String
  private unowned let user: any ConnectorUser
  private let announce: @Sendable (RedisConnectionEvent) -> Void
  private var machine: ConnectionMachine
  private var link: HiredisLink?
  private var handshake: Handshake?
  private var probe = Handshake.Probe.ping
  private var clientID: Int?
  /// The end of a wait, or of an attempt.
  private var timer: IOLoop.TimerID?
  private var resolution: Resolution?
  private unowned let loop: IOLoop

  init(
    _ configuration: RedisConfiguration, user: any ConnectorUser, loop: IOLoop,
    announce: @escaping @Sendable (RedisConnectionEvent) -> Void
  ) {
    self.configuration = configuration
    self.subject = configuration.url.description
    self.user = user
    self.loop = loop
    self.announce = announce
    machine = ConnectionMachine(backoff: configuration.backoff)
  }

  /// Begins to connect.
  func start() { receive(.start) }

  /// Ends the connection for good.
  func close() { receive(.close) }

  /// Drops the link and connects again: it fell silent, or the server is not ready.
  func drop(_ reason: RedisError) {
    probe = reason.code == .notReady && reason.detail.hasPrefix("READONLY") ? .role : probe
    receive(.lost(reason))
  }

  private func receive(_ event: ConnectionMachine.Event) {
    let action = machine.receive(event, at: loop.now, jitter: .random(in: 0...1))
    switch action {
    case .none:
      break
    case .connect(let attempt):
      connect(attempt)
    case .shakeHands:
      shakeHands()
    case .serve:
      serve()
    case .wait(let until, let reason, let announcement):
      release()
      timer = loop.schedule(at: until) { [weak self] _ in self?.receive(.timeToRetry) }
      if announcement == .outageBegins { announce(.lost(reason)) }
      user.connectorLost(reason)
    case .end(let reason):
      release()
      if let reason { announce(.gaveUp(reason)) }
      user.connectorEnded(reason)
    }
  }

  private func connect(_ attempt: Int) {
    setDeadline()
    resolution = Resolution(of: configuration.url, attempt: attempt, on: loop) {
      [weak self] result in
      self?.resolved(result)
    }
  }

  private func resolved(_ result: Result<ServerAddress, RedisError>) {
    resolution = nil
    switch result {
    case .success(let address): link = HiredisLink(address, user: self, loop: loop)
    case .failure(let error): receive(.lost(error))
    }
  }

  private func setDeadline() {
    let limit = configuration.attemptTimeout
    let subject = subject
    timer = loop.schedule(after: limit) { [weak self] _ in
      self?.receive(.lost(RedisError(.timedOut, subject, "no connection within \(limit)")))
    }
  }

  private func shakeHands() {
    let handshake = Handshake(configuration, probe: probe)
    self.handshake = handshake
    guard let link else { return }
    for index in 0..<handshake.commands.count {
      handshake.commands.bytes(of: index).withUnsafeBytes { link.append($0) }
    }
  }

  private func serve() {
    cancelTimer()
    probe = .ping
    announce(.connected)
    if let link { user.connectorIsReady(link, clientID: clientID) }
  }

  private func release() {
    cancelTimer()
    handshake = nil
    resolution = nil
    link?.close()
    link = nil
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}

extension Connector: HiredisLinkUser {
  func linkOpened(_ link: HiredisLink) {
    receive(.opened)
  }

  func link(_ link: HiredisLink, received reply: UnsafePointer<redisReply>) {
    guard let verdict = handshake?.receive(RedisReply(reply)) else {
      user.connector(received: reply)
      return
    }
    switch verdict {
    case .incomplete:
      break
    case .accepted(let clientID):
      handshake = nil
      self.clientID = clientID
      receive(.accepted)
    case .rejected(let error):
      receive(.rejected(error))
    case .notReady(let error):
      receive(.lost(error))
    }
  }

  func linkHasRoom(_ link: HiredisLink) {
    if handshake == nil { user.connectorHasRoom() }
  }

  func linkIsQuiet(_ link: HiredisLink) {
    if handshake == nil { user.connectorIsQuiet(link) }
  }

  func link(_ link: HiredisLink, brokeBy failure: HiredisLink.Failure) {
    switch failure {
    case .broken(let reason): receive(.lost(RedisError(.connectionLost, subject, reason)))
    case .refused(let line): receive(.lost(RedisError(.errorReply, subject, line)))
    }
  }
}
