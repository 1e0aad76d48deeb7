internal import Synchronization

/// One connection that listens to any number of channels.
///
/// Published messages are not kept for those who do not listen. So each receiver is told when its
/// channel is heard, at first and after each gap: that is the time to read what it may have missed.
///
///     subscribe ──► .listening ──► .message … ──(connection lost, made again)──► .resumed ──► …
package final class RedisSubscriber: Sendable {
  /// What a receiver is told.
  package enum Signal: Sendable, Equatable {
    /// Every message from now on arrives.
    case listening
    /// A message.
    case message([UInt8])
    /// The connection was lost and is back: messages in between are gone.
    case resumed
    /// Nothing will arrive: the server refused, or the subscriber was closed.
    case failed(RedisError)
    /// The receiver has listened for as long as it wanted.
    case timeIsOver
  }

  private let thread: IOThread
  private let pipe: Confined<SubscriptionPipe>
  private let lastID = Atomic(0)

  /// Begins to connect.
  ///
  /// `announce` is called on the I/O thread and must not block.
  package init(
    _ configuration: RedisConfiguration, on thread: IOThread,
    announce: @escaping @Sendable (RedisConnectionEvent) -> Void = { _ in }
  ) {
    self.thread = thread
    pipe = Confined(on: thread) { loop in
      SubscriptionPipe(configuration, loop: loop, announce: announce)
    }
  }

  deinit {
    close()
  }

  /// Listens to a channel until the returned value goes or is cancelled; the end of `limit` is told.
  ///
  /// `receive` is called on the I/O thread and must not block. Any number of receivers share a
  /// channel's one subscription.
  package func subscribe(
    to channel: String, for limit: Duration? = nil, _ receive: @escaping @Sendable (Signal) -> Void
  ) -> RedisSubscription {
    let id = lastID.add(1, ordering: .relaxed).newValue
    let subscription = RedisSubscription { [thread, pipe] in
      thread.perform { loop in pipe.value(in: loop).remove(id: id, from: channel) }
    }
    let receiveWhileWanted: @Sendable (Signal) -> Void = { [weak subscription] signal in
      if subscription?.isWanted == true { receive(signal) }
    }
    thread.perform { [pipe] loop in
      pipe.value(in: loop).add(receiveWhileWanted, id: id, to: channel, for: limit)
    }
    return subscription
  }

  /// Ends the connection; every receiver is told that it failed.
  package func close() {
    thread.perform { [pipe] loop in pipe.value(in: loop).close() }
  }
}

/// One receiver's place at a channel, given up when this value goes.
package final class RedisSubscription: Sendable {
  private let leave: Mutex<(@Sendable () -> Void)?>

  init(_ leave: @escaping @Sendable () -> Void) {
    self.leave = Mutex(leave)
  }

  deinit {
    cancel()
  }

  fileprivate var isWanted: Bool { leave.withLock { $0 != nil } }

  /// Gives the place up: no call of the receiver begins from now on.
  package func cancel() {
    leave.withLock { $0.take() }?()
  }
}
