internal import CHiredis

/// A channel that a caller listens to by itself, with the subscriber's link.
///
/// Its thread is woken by what it waits for; by way of the I/O thread it would be woken by that one,
/// after that one. It is blocked for some milliseconds at most, so only callers that are alone, and
/// whose results have come soon, get the link.
final class DirectListening: HiredisBorrower {
  // What a caller may wait for, all in all.
  private static let patience = Duration.milliseconds(2)

  private let channel: String
  private let link: BorrowedLink
  private let finish: (BorrowedLink?) -> Void
  private var isConfirmed = false
  private var messages = FIFO<[UInt8]>()
  private var awaitsMessage = false
  private var isUseless = false
  private let began = ContinuousClock.now

  fileprivate init(
    _ channel: String, _ link: BorrowedLink, finish: @escaping (BorrowedLink?) -> Void
  ) {
    self.channel = channel
    self.link = link
    self.finish = finish
  }

  var isComplete: Bool { !messages.isEmpty || (isConfirmed && !awaitsMessage) }

  func add(_ reply: UnsafePointer<redisReply>) {
    guard case .array(let elements) = RedisReply(reply), elements.count >= 3,
      elements[1].text == channel
    else { return }
    switch elements[0].text {
    case "subscribe": isConfirmed = true
    case "message": if let message = elements[2].bytes { messages.append(message) }
    default: break
    }
  }

  /// Subscribes, and leaves the channel before; false when that takes long.
  fileprivate func begin(leaving last: String?) -> Bool {
    var commands = [RedisCommand("SUBSCRIBE", channel)]
    if let last { commands.insert(RedisCommand("UNSUBSCRIBE", last), at: 0) }
    isUseless = !link.write(commands) || !link.listen(for: self)
    return !isUseless
  }

  /// The next message; nil when none comes soon.
  func next() -> [UInt8]? {
    awaitsMessage = true
    if messages.isEmpty { isUseless = !link.listen(for: self) }
    return messages.popFirst()
  }

  /// Leaves the link to the next caller; or to its thread, when what was waited for has not come soon.
  func end() {
    let isLate = ContinuousClock.now - began > Self.patience
    finish(isUseless || isLate ? nil : link)
  }
}

extension RedisSubscriber {
  /// Listens to a channel with the calling thread, if the link is to be had.
  func listenDirectly(to channel: String) -> DirectListening? {
    guard let (link, last) = loan.borrow(for: channel) else { return nil }
    let listening = DirectListening(channel, link) { [self] link in
      if loan.giveBack(link) { takeBack() }
    }
    guard listening.begin(leaving: last) else {
      listening.end()
      return nil
    }
    return listening
  }
}
