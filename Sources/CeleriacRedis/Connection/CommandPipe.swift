internal import CHiredis

/// The commands of one connection, on its I/O thread: those that wait to be written, and those that
/// wait for their replies, in order.
///
///     submit ──► waiting ──► hiredis' buffer ──► socket          replies ──► inFlight.first
///
/// What hiredis has been given may have run when the connection breaks; what has not, cannot.
final class CommandPipe {
  /// An exchange and when its waiter gives up.
  struct Ticket {
    let exchange: Exchange
    let deadline: ContinuousClock.Instant?
  }

  /// hiredis moves what is left of its buffer after each write, so the buffer is kept short.
  private static let room = 256 * 1024

  var waiting = FIFO<Ticket>()
  var inFlight = FIFO<Flight>()
  /// How many commands of `waiting.first` have been given to hiredis; it is in flight, too, then.
  private(set) var cursor = 0
  /// Why nothing more is written until the last reply has come: the server is not ready.
  var refusal: RedisError?
  var refused: [Ticket] = []
  var lastReceived: ContinuousClock.Instant
  var lastFailure: RedisError?
  var timer: (id: IOLoop.TimerID, due: ContinuousClock.Instant)?
  /// Lends the link out; false when commands have come meanwhile.
  var lender: ((BorrowedLink) -> Bool)?
  var solitude = Solitude()
  var loanTimer: IOLoop.TimerID?
  private(set) var link: HiredisLink?
  /// Why nothing is accepted any more.
  private(set) var end: RedisError?
  let loop: IOLoop
  let configuration: RedisConfiguration
  let subject: String
  private let status: ConnectionStatus
  private var connector: Connector?

  init(_ configuration: RedisConfiguration, status: ConnectionStatus, loop: IOLoop) {
    self.configuration = configuration
    self.status = status
    self.loop = loop
    subject = configuration.url.description
    lastReceived = loop.now
    connector = Connector(configuration, user: self, loop: loop, announce: status.announce)
    connector?.start()
  }

  /// Fails everything that waits, and whatever comes.
  func close() { connector?.close() }

  /// Connects again.
  func drop(_ reason: RedisError) { connector?.drop(reason) }

  /// Takes exchanges over and writes what there is room for.
  func submit(_ exchanges: [Exchange]) {
    if exchanges.count > 1 || !inFlight.isEmpty || !waiting.isEmpty { solitude.end() }
    for exchange in exchanges {
      submit(exchange, deadline: exchange.timeout.map { loop.now + $0 })
    }
    feed()
  }

  /// Takes one exchange over, to be written with the next.
  func submit(_ exchange: Exchange, deadline: ContinuousClock.Instant?) {
    if let end {
      exchange.settle(.failure(end))
    } else {
      waiting.append(Ticket(exchange: exchange, deadline: deadline))
      if let deadline { checkTimes(by: deadline) }
    }
  }

  func feed() {
    guard let link, refusal == nil else { return }
    while let ticket = waiting.first, link.unwritten < Self.room {
      if cursor == 0, !takeOff(ticket) { continue }
      feed(ticket.exchange.batch, to: link)
      guard cursor == ticket.exchange.batch.count else { return }
      cursor = 0
      _ = waiting.popFirst()
    }
  }

  /// False when nobody waits for the ticket any more.
  private func takeOff(_ ticket: Ticket) -> Bool {
    guard !ticket.exchange.isSettled else {
      _ = waiting.popFirst()
      return false
    }
    inFlight.append(Flight(ticket: ticket, since: loop.now))
    if inFlight.count == 1, ticket.deadline != nil {
      checkTimes(by: loop.now + configuration.commandTimeout)
    }
    return true
  }

  private func feed(_ batch: RedisBatch, to link: HiredisLink) {
    batch.writer.bytes.withUnsafeBytes { bytes in
      while cursor < batch.count, link.unwritten < Self.room {
        link.append(UnsafeRawBufferPointer(rebasing: bytes[batch.range(of: cursor)]))
        cursor += 1
      }
    }
  }
}

extension CommandPipe: ConnectorUser {
  func connectorIsReady(_ link: HiredisLink, clientID: Int?) {
    self.link = link
    lastReceived = loop.now
    status.connected(clientID: clientID)
    feed()
  }

  func connector(received reply: UnsafePointer<redisReply>) {
    receive(reply)
  }

  func connectorHasRoom() {
    feed()
  }

  func connectorIsQuiet(_ link: HiredisLink) {
    lendIfAlone(link)
  }

  func connectorLost(_ reason: RedisError) {
    lastFailure = reason
    disconnect(reason)
    waiting.prepend(refused)
    refused = []
    refusal = nil
  }

  func connectorEnded(_ reason: RedisError?) {
    let reason = reason ?? RedisError(.closed, subject, "the connection was closed")
    end = reason
    disconnect(reason)
    for ticket in refused + waiting.removeAll() {
      ticket.exchange.settle(.failure(reason))
    }
    refused = []
    if let timer { loop.cancel(timer.id) }
    timer = nil
  }

  /// Fails what may have run; the rest goes on waiting.
  private func disconnect(_ reason: RedisError) {
    link = nil
    solitude.end()
    status.disconnected()
    if cursor > 0 {
      cursor = 0
      _ = waiting.popFirst()
    }
    let lost =
      reason.code == .closed
      ? reason : RedisError(.connectionLost, subject, reason.detail)
    for flight in inFlight.removeAll() {
      flight.ticket.exchange.settle(.failure(lost.leaving(.unknown)))
    }
  }
}
