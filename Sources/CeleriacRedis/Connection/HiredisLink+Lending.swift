internal import CHiredis
internal import CLinux

/// Who takes the replies of a link that is lent.
protocol HiredisBorrower: AnyObject {
  /// A reply, valid during the call.
  func add(_ reply: UnsafePointer<redisReply>)

  /// Whether all have come.
  var isComplete: Bool { get }
}

extension HiredisLink {
  /// Leaves the link to another thread; nil when hiredis has something to do here.
  ///
  /// The loop looks away from the socket until `takeBack()`.
  func lend() -> BorrowedLink? {
    guard phase == .open, unwritten == 0, let context else { return nil }
    loop.pause(context.pointee.c.fd)
    cel_block_briefly(context.pointee.c.fd)
    phase = .lent
    return BorrowedLink(self)
  }

  /// Serves the link here again.
  ///
  /// What has come meanwhile is read first, the end of the connection for one, so that nothing is
  /// written to a server that has gone.
  func takeBack() {
    if let breakage {
      if let token { loop.forget(token) }
      self.breakage = nil
      user.link(self, brokeBy: breakage)
    }
    guard phase == .lent, let context, let token else { return }
    phase = .open
    cel_never_block(context.pointee.c.fd)
    watched = unwritten > 0 ? [.read, .write] : .read
    loop.resume(context.pointee.c.fd, for: watched, token)
    read()
  }
}

/// A link that its I/O thread has left to others.
///
/// A thread that writes its command itself and waits for the answer at the socket is woken once, by
/// the answer. By way of the I/O thread it takes three wake-ups, each of which takes as long as the
/// server needs for the command.
// Sound, because the link has one user at a time: its I/O thread until `lend()`, then whoever has
// taken this value out of the outbox, under whose lock it passes from hand to hand, until `takeBack()`
// on the I/O thread. While it is lent, hiredis' hooks leave the loop alone and its replies go to the
// borrower; hiredis itself keeps nothing that belongs to a thread.
struct BorrowedLink: @unchecked Sendable {
  /// How far an exchange has got.
  enum End {
    /// Nothing was written: something else has come, most likely the end of the connection.
    case untouched
    case answered
    /// Written, wholly or in part, and not answered yet; or the connection broke.
    case underway
  }

  private let link: HiredisLink

  fileprivate init(_ link: HiredisLink) {
    self.link = link
  }

  /// Writes commands and waits for their replies, each time for some milliseconds at most.
  func exchange(_ batch: RedisBatch, for borrower: some HiredisBorrower) -> End {
    guard link.phase == .lent, let context = link.context,
      !cel_is_readable(context.pointee.c.fd)
    else { return .untouched }
    link.borrower = borrower
    defer { link.borrower = nil }
    batch.writer.bytes.withUnsafeBytes { bytes in
      for index in 0..<batch.count {
        let command = UnsafeRawBufferPointer(rebasing: bytes[batch.range(of: index)])
        redisAsyncFormattedCommand(
          context, HiredisLink.replied, nil, command.baseAddress, command.count)
      }
    }
    guard flush(context) else { return .underway }
    repeat {
      redisAsyncHandleRead(context)
      if borrower.isComplete { return .answered }
    } while link.phase == .lent && cel_is_readable(context.pointee.c.fd)
    return .underway
  }

  // False when not all of it is written. The threads of others take signals, and one that they get for
  // a connection which has ended in this moment would end the process.
  private func flush(_ context: UnsafeMutablePointer<redisAsyncContext>) -> Bool {
    if cel_hiredis_send(context) { return true }
    let wasQuiet = cel_begin_quiet_write()
    redisAsyncHandleWrite(context)
    // hiredis frees the context when the connection breaks.
    let isWhole = link.phase == .lent
    cel_end_quiet_write(wasQuiet, !isWhole)
    return isWhole && cel_hiredis_unwritten(context) == 0
  }
}
