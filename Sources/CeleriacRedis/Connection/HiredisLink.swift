internal import CHiredis
internal import Glibc

/// Who uses a link.
///
/// The calls come from within hiredis; a link that is closed by one is freed after it.
protocol HiredisLinkUser: AnyObject {
  /// The socket is connected.
  func linkOpened(_ link: HiredisLink)

  /// A reply, valid during the call.
  func link(_ link: HiredisLink, received reply: UnsafePointer<redisReply>)

  /// Some output has been written: there is room for more.
  func linkHasRoom(_ link: HiredisLink)

  /// What had come is read; hiredis has nothing more to do for now.
  func linkIsQuiet(_ link: HiredisLink)

  /// The link is of no more use; not called after `close()`.
  func link(_ link: HiredisLink, brokeBy failure: HiredisLink.Failure)
}

/// One asynchronous context of hiredis on an I/O loop.
///
/// Output gathers until the loop is about to sleep and then leaves in one write; the loop is asked
/// to say when the socket takes more only if it did not take everything.
final class HiredisLink: IOSource {
  /// Why a link is of no more use.
  enum Failure {
    /// The socket broke or could not be made, or what came is no Redis protocol.
    case broken(String)
    /// The server answered with an error where no command waited for one, and hiredis hung up: so it
    /// does when a channel may not be subscribed to.
    case refused(String)
  }

  enum Phase {
    case connecting
    case open
    /// Left to other threads, see ``BorrowedLink``.
    case lent
    /// Closed by its user while hiredis was on the stack; freed when it has returned.
    case closing
    case freed
  }

  unowned let user: any HiredisLinkUser
  unowned let loop: IOLoop
  private(set) var context: UnsafeMutablePointer<redisAsyncContext>?
  private(set) var token: IOLoop.Token?
  var phase = Phase.connecting
  private var isInHiredis = false
  private var isWriting = false
  private var hasOutput = false
  var watched: IOEvents = [.read, .write]
  /// Takes the replies while the link is lent.
  var borrower: (any HiredisBorrower)?
  /// What broke the link while it was lent; its user is told when it is back.
  var breakage: Failure?

  /// Begins to connect; what becomes of it is told to `user`, never before this returns.
  init(_ address: ServerAddress, user: any HiredisLinkUser, loop: IOLoop) {
    self.user = user
    self.loop = loop
    context =
      switch address {
      case .ip(let host, let port): redisAsyncConnect(host, Int32(port))
      case .unix(let path): redisAsyncConnectUnix(path)
      }
    guard let context, context.pointee.err == 0 else {
      failLater()
      return
    }
    _ = fcntl(context.pointee.c.fd, F_SETFD, FD_CLOEXEC)
    token = loop.watch(context.pointee.c.fd, for: watched, self)
    installHooks(on: context)
  }

  deinit {
    // The loop holds the link as long as there is a context; it would call into freed memory.
    precondition(context == nil, "a link was dropped before it was closed")
  }

  /// The bytes that wait to be written.
  var unwritten: Int {
    guard let context, phase == .open else { return 0 }
    return cel_hiredis_unwritten(context)
  }

  /// Appends one encoded command; its reply goes to the user.
  func append(_ command: UnsafeRawBufferPointer) {
    guard let context, phase == .open else { return }
    redisAsyncFormattedCommand(
      context, HiredisLink.replied, nil, command.baseAddress, command.count)
  }

  /// Appends one command.
  ///
  /// hiredis looks for the channels of a SUBSCRIBE until the text ends, and does not look at its
  /// length: a zero has to stand behind it.
  func append(_ command: RedisCommand) {
    (command.bytes + [0]).withUnsafeBytes {
      append(UnsafeRawBufferPointer(rebasing: $0.dropLast()))
    }
  }

  /// Drops the connection; its user hears nothing more.
  func close() {
    guard phase != .freed else { return }
    phase = .closing
    if !isInHiredis { free() }
  }

  private func free() {
    guard let context else { return }
    redisAsyncFree(context)  // calls `cleanUp`
  }

  /// hiredis found an error before there was anything to watch.
  private func failLater() {
    let reason = context.map { String(cString: $0.pointee.errstr) } ?? "out of memory"
    if let context { redisAsyncFree(context) }
    context = nil
    phase = .freed
    _ = loop.schedule(after: .zero) { [weak self] _ in
      guard let self else { return }
      self.user.link(self, brokeBy: .broken(reason))
    }
  }
}

extension HiredisLink {
  func isReady(for events: IOEvents) {
    if !events.isDisjoint(with: phase == .connecting ? [.write, .failure] : .write) {
      write()
    }
    if phase == .open, !events.isDisjoint(with: [.read, .failure]) { read() }
  }

  func read() {
    enterHiredis { redisAsyncHandleRead($0) }
    if phase == .open { user.linkIsQuiet(self) }
  }

  func flush() {
    hasOutput = false
    if phase == .open { write() }
  }

  private func write() {
    isWriting = true
    enterHiredis { redisAsyncHandleWrite($0) }
    isWriting = false
    if phase == .open { user.linkHasRoom(self) }
  }

  func loopEnds() {
    close()
  }

  private func enterHiredis(
    _ body: (UnsafeMutablePointer<redisAsyncContext>) -> Void
  ) {
    guard let context else { return }
    isInHiredis = true
    body(context)
    isInHiredis = false
    if phase == .closing { free() }
  }

  private func watch(for events: IOEvents) {
    guard let context, let token, events != watched else { return }
    watched = events
    loop.change(context.pointee.c.fd, to: events, token)
  }
}

// What hiredis calls. Each context carries its link, unretained: the link frees the context before
// it goes.
extension HiredisLink {
  private func installHooks(on context: UnsafeMutablePointer<redisAsyncContext>) {
    let link = Unmanaged.passUnretained(self).toOpaque()
    context.pointee.data = link
    context.pointee.ev.data = link
    context.pointee.ev.addRead = { HiredisLink.at($0)?.addRead() }
    context.pointee.ev.delRead = nil
    context.pointee.ev.addWrite = { HiredisLink.at($0)?.addWrite() }
    context.pointee.ev.delWrite = { HiredisLink.at($0)?.removeWrite() }
    context.pointee.ev.cleanup = { HiredisLink.at($0)?.cleanUp() }
    redisAsyncSetConnectCallback(context) { context, status in
      guard status == REDIS_OK else { return }  // `cleanup` follows, with the reason
      HiredisLink.at(context?.pointee.data)?.opened()
    }
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> HiredisLink? {
    pointer.map { Unmanaged<HiredisLink>.fromOpaque($0).takeUnretainedValue() }
  }

  static let replied:
    @convention(c) (
      UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> Void = { context, reply, _ in
      // Without a reply the context is being freed; `cleanup` tells the user once.
      guard let context, let reply, let link = at(context.pointee.data) else { return }
      let pointer = UnsafePointer(reply.assumingMemoryBound(to: redisReply.self))
      switch link.phase {
      case .open: link.user.link(link, received: pointer)
      case .lent: link.borrower?.add(pointer)
      case .connecting, .closing, .freed: break
      }
    }

  private func opened() {
    guard phase == .connecting, let context else { return }
    phase = .open
    if context.pointee.c.connection_type == REDIS_CONN_TCP {
      // Finds out that a machine is gone, also while a command blocks.
      redisEnableKeepAlive(&context.pointee.c)
      Keepalive.hasten(on: context.pointee.c.fd)
    }
    user.linkOpened(self)
  }

  private func addRead() {
    guard phase != .lent else { return }
    watch(for: watched.union(.read))
  }

  private func addWrite() {
    guard phase != .lent else { return }
    if phase == .connecting || isWriting {
      watch(for: watched.union(.write))
    } else if !hasOutput {
      hasOutput = true
      loop.flushLater(self)
    }
  }

  private func removeWrite() {
    guard phase != .lent else { return }
    watch(for: watched.subtracting(.write))
  }

  /// The context is about to be freed by hiredis: the last moment to read why.
  private func cleanUp() {
    guard let context else { return }
    let lastPhase = phase
    if let token, lastPhase != .lent { loop.unwatch(context.pointee.c.fd, token) }
    let reason = context.pointee.errstr.map { String(cString: $0) } ?? ""
    let isRefusal = context.pointee.err == REDIS_ERR_OTHER && lastPhase == .open
    self.context = nil
    phase = .freed
    switch lastPhase {
    case .lent: breakage = .broken(reason)
    case .closing: break
    case .connecting, .open, .freed:
      user.link(self, brokeBy: isRefusal ? .refused(reason) : .broken(reason))
    }
  }
}
