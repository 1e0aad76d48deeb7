import Glibc

/// One client's way to Redis and back.
///
/// Confined to the proxy's thread.
final class ProxyConnection {
  /// A piece of bytes on its way.
  private struct Piece {
    var bytes: ArraySlice<UInt8>
    let due: ContinuousClock.Instant
  }

  private struct Way {
    var pieces: [Piece] = []
    var lastDue = ContinuousClock.now

    mutating func add(_ bytes: ArraySlice<UInt8>, _ weather: Weather) {
      guard !bytes.isEmpty else { return }
      switch weather {
      case .clear: lastDue = max(lastDue, .now)
      case .late(let delay): lastDue = max(lastDue, .now + delay)
      case .narrow(let rate):
        var rest = bytes
        while !rest.isEmpty {
          let part = rest.prefix(max(rate / 100, 1))
          lastDue = max(lastDue, .now) + .microseconds(part.count * 1_000_000 / rate)
          pieces.append(Piece(bytes: part, due: lastDue))
          rest = rest.dropFirst(part.count)
        }
        return
      }
      pieces.append(Piece(bytes: bytes, due: lastDue))
    }
  }

  /// How a connection goes on.
  enum Fate {
    case open
    /// Swallows everything.
    case silent
    case over
  }

  let client: Int32
  let server: Int32
  let pid: pid_t
  private(set) var fate = Fate.open
  private var commands = RESPStream()
  private var replies = RESPStream()
  private var toServer = Way()
  private var toClient = Way()
  private var expected: [(step: Step, fault: Fault?)] = []

  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
    pid = UnixSocket.peer(of: client)
  }

  deinit {
    close(client)
    close(server)
  }

  /// Whether there is something to write now, and when the next piece falls due.
  var writesToServer: Bool { isDue(toServer) }
  var writesToClient: Bool { isDue(toClient) }
  var nextDue: ContinuousClock.Instant? {
    [toServer.pieces.first?.due, toClient.pieces.first?.due].compactMap(\.self).min()
  }

  private func isDue(_ way: Way) -> Bool { way.pieces.first.map { $0.due <= .now } ?? false }

  /// Lets nothing through from now on.
  func silence() {
    fate = .silent
    toServer.pieces = []
    toClient.pieces = []
  }

  func readFromClient(_ loop: ProxyLoop) {
    guard let bytes = receive(client) else { return }
    guard fate == .open else { return }
    commands.append(bytes)
    while fate == .open, let command = commands.next() { forward(command, loop) }
  }

  private func forward(_ command: [UInt8], _ loop: ProxyLoop) {
    let words = RESPStream.words(of: command)
    let step = Step(words, ask: loop.ask)
    let fault = loop.plan.note(step)
    switch fault?.point {
    case .beforeCommand:
      flushToServer()
      strike(fault, loop)
    case .inCommand:
      toServer.add(command[..<(command.count / 2)], .clear)
      flushToServer()
      strike(fault, loop)
    case .underWay:
      toServer.add(command[...], .clear)
      flushToServer()
      strike(fault, loop)
    case .beforeReply, .inReply, nil:
      toServer.add(command[...], loop.plan.weather)
      expected.append((step, fault))
    }
  }

  func readFromServer(_ loop: ProxyLoop) {
    guard let bytes = receive(server) else { return }
    guard fate == .open else { return }
    replies.append(bytes)
    while fate == .open, let reply = replies.next() {
      let isAnswer = !expected.isEmpty && !RESPStream.isMessage(reply)
      let fault = isAnswer ? expected.removeFirst().fault : nil
      switch fault?.point {
      case .beforeReply:
        strike(fault, loop)
      case .inReply:
        toClient.add(reply[..<(reply.count / 2)], .clear)
        write(&toClient, to: client)
        strike(fault, loop)
      default:
        toClient.add(reply[...], loop.plan.weather)
      }
    }
  }

  private func strike(_ fault: Fault?, _ loop: ProxyLoop) {
    guard let fault else { return }
    switch fault.blow {
    case .cut: fate = .over
    case .silence: silence()
    case .kill: fate = .over
    }
    loop.plan.strike(fault, pid: pid)
  }

  func writeToServer() { write(&toServer, to: server) }
  func writeToClient() { write(&toClient, to: client) }

  // What came before a fault has reached Redis by then.
  private func flushToServer() {
    while fate == .open, !toServer.pieces.isEmpty {
      var poll = pollfd(fd: server, events: Int16(POLLOUT), revents: 0)
      guard Glibc.poll(&poll, 1, 1000) == 1 else { return }
      for index in toServer.pieces.indices {
        toServer.pieces[index] = Piece(bytes: toServer.pieces[index].bytes, due: .now)
      }
      write(&toServer, to: server)
    }
  }

  private func write(_ way: inout Way, to descriptor: Int32) {
    while let piece = way.pieces.first, piece.due <= .now, fate == .open {
      let count = piece.bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else {
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        return fate = .over
      }
      if count == piece.bytes.count {
        way.pieces.removeFirst()
      } else {
        way.pieces[0].bytes = piece.bytes.dropFirst(count)
      }
    }
  }

  private func receive(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var received = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      count = max(0, received)
    }
    if received > 0 { return bytes[...] }
    if received == 0 || errno != EAGAIN { fate = .over }
    return nil
  }
}
