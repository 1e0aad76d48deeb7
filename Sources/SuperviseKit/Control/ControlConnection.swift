import Glibc

/// One client of the control socket: its request comes in, answers go out, and never does anybody
/// wait for it.
///
/// What a client has not read yet is kept up to a limit. Beyond that, the lines of a stream are
/// left out and counted; the count is the first thing it is told when it reads again. A client that
/// has read nothing for half a minute, while there was something to read, is let go.
final class ControlConnection {
  typealias Instant = ContinuousClock.Instant

  private enum Stage {
    case asking
    case answered
    /// The last word is in the output.
    case ending
    case closed
  }

  /// What is kept for a client that is slower than its stream.
  static let outputLimit = 256 << 10
  private static let inputLimit = 64 << 10
  private static let patience = Duration.seconds(30)
  /// How long a client may take to say what it wants.
  private static let asking = Duration.seconds(10)

  private let descriptor: Descriptor
  private let loop: EventLoop
  private var stage = Stage.asking
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var written = 0
  private var isWaitingForRoom = false
  private var isInputOver = false
  private var giveUpAt: Instant?
  /// Lines that had no room since the client was last told of such.
  private(set) var leftOut = 0

  /// Called once, with the line that the client has sent.
  var onRequest: ([UInt8]) -> Void = { _ in }
  /// Called once, when nothing more can be said to it.
  var onClose: () -> Void = {}
  /// Called when the client had read nothing for too long.
  var onStalled: () -> Void = {}
  /// Called with what comes after the request.
  var onInput: (ArraySlice<UInt8>) -> Void = { _ in }

  init(_ descriptor: Descriptor, loop: EventLoop, now: Instant) {
    self.descriptor = descriptor
    self.loop = loop
    giveUpAt = now + Self.asking
    loop.watch(descriptor.number) { [unowned self] in receive() }
  }

  var isClosed: Bool { stage == .closed }
  var deadline: Instant? { stage == .closed ? nil : giveUpAt }

  /// The last word; the connection ends when it is through.
  func answer(_ json: JSON) {
    guard stage != .closed else { return }
    append(Array((json.line + "\n").utf8))
    stage = .ending
    flush()
  }

  func refuse(_ error: ControlError) { answer(error.json) }

  /// Tells a client of which no more is to be heard why.
  static func turnAway(_ descriptor: Descriptor, _ error: ControlError) {
    let line = error.json.line + "\n"
    _ = Glibc.send(descriptor.number, line, line.utf8.count, Int32(MSG_NOSIGNAL))
  }

  /// One line of a stream; left out when there is no room for it.
  func send(_ line: [UInt8]) {
    guard stage == .answered, hasRoom(for: line.count) else { return }
    append(line)
  }

  /// Bytes of which none may be missing: who does not keep up is let go.
  func sendAll(_ bytes: UnsafeRawBufferPointer) {
    guard stage == .answered else { return }
    guard output.count - written + bytes.count <= Self.outputLimit else {
      onStalled()
      return close()
    }
    append(Array(bytes))
  }

  func send(_ json: JSON) { send(Array((json.line + "\n").utf8)) }

  /// Whether a line of a stream may be sent; if not, it counts as left out.
  func hasRoom(for count: Int) -> Bool {
    if output.count - written + count <= Self.outputLimit {
      if leftOut > 0 {
        append(Array("{\"left_out\":\(leftOut)}\n".utf8))
        leftOut = 0
      }
      return true
    }
    leftOut += 1
    return false
  }

  private func append(_ bytes: [UInt8]) {
    if written > 0, written == output.count || written > Self.outputLimit {
      output.removeFirst(written)
      written = 0
    }
    output += bytes
  }

  /// Writes what the client takes now.
  func flush() {
    guard stage != .closed, !isWaitingForRoom else { return }
    while written < output.count {
      let count = output[written...].withUnsafeBytes {
        Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        written += count
        giveUpAt = nil
      } else if errno == EAGAIN {
        return waitForRoom()
      } else if errno != EINTR {
        return close()
      }
    }
    output.removeAll(keepingCapacity: stage == .answered)
    written = 0
    if stage == .ending { close() }
  }

  private func waitForRoom() {
    isWaitingForRoom = true
    if giveUpAt == nil { giveUpAt = .now + Self.patience }
    loop.unwatch(descriptor.number)
    loop.watch(descriptor.number, writing: true) { [unowned self] in
      isWaitingForRoom = false
      watch()
      flush()
    }
  }

  /// Lets a client go that has said nothing, or read nothing, for too long.
  func timeIs(_ now: Instant) {
    guard let giveUpAt, now >= giveUpAt else { return }
    if stage != .asking { onStalled() }
    close()
  }

  private func receive() {
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = recv(descriptor.number, &bytes, bytes.count, 0)
    guard count > 0 else {
      if count == 0 { return inputHasEnded() }
      if errno != EAGAIN, errno != EINTR { close() }
      return
    }
    guard stage == .asking else { return onInput(bytes[..<count]) }
    input += bytes[..<count]
    take()
  }

  /// The client says nothing more, and may still want to hear; or it is gone.
  private func inputHasEnded() {
    guard !hasHungUp else { return close() }
    if stage == .asking {
      guard !input.isEmpty else { return close() }
      // As in a file, a last line may lack its end.
      input.append(0x0A)
      take()
    }
    guard stage != .closed else { return }
    isInputOver = true
    if !isWaitingForRoom { watch() }
  }

  private var hasHungUp: Bool {
    var state = pollfd(fd: descriptor.number, events: 0, revents: 0)
    return poll(&state, 1, 0) > 0
  }

  /// Waits for what the client says next; for its end where it has said all.
  private func watch() {
    loop.unwatch(descriptor.number)
    if isInputOver {
      loop.watchEnd(of: descriptor.number) { [unowned self] in close() }
    } else {
      loop.watch(descriptor.number) { [unowned self] in receive() }
    }
  }

  private func take() {
    if let end = input.firstIndex(of: 0x0A) {
      stage = .answered
      giveUpAt = nil
      let line = Array(input[..<end])
      let rest = input[(end + 1)...]
      input = []
      onRequest(line)
      if !rest.isEmpty, stage == .answered { onInput(rest) }
    } else if input.count > Self.inputLimit {
      refuse(ControlError(.badRequest, "a request is one line of at most 64 KiB"))
    }
  }

  func close() {
    guard stage != .closed else { return }
    stage = .closed
    loop.unwatch(descriptor.number)
    output = []
    written = 0
    onClose()
  }
}
