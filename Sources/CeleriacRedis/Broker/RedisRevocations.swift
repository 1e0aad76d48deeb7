public import CeleriacCore
import Synchronization

/// A worker's picture of `celeriac:revoked`, made when its subscription stands and again after each gap.
///
///     listening ──► load ──► sure ──(connection lost)──► unsure: ask ──► resumed ──► load ──► sure
final class RedisRevocations: Revocations {
  private struct State {
    var known: Set<TaskID> = []
    var isSure = false
    // A load that began before the last gap proves nothing.
    var gap = 0
  }

  private let state = Mutex(State())
  private let connection: RedisConnection
  private let thread: IOThread
  private let onRevoked: @Sendable ([TaskID]) -> Void
  // Kept, for what it hears ends with it.
  private let listening = Mutex<(RedisSubscriber, RedisSubscription)?>(nil)

  init(
    _ url: RedisURL, on thread: IOThread, asking connection: RedisConnection,
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) {
    self.connection = connection
    self.thread = thread
    self.onRevoked = onRevoked
    let subscriber = RedisSubscriber(
      RedisConfiguration(url, clientName: "celeriac-revocations"), on: thread
    ) { [weak self] event in
      if case .connected = event { return }
      self?.doubt()
    }
    let subscription = subscriber.subscribe(to: Keys.revoked) { [weak self] in self?.receive($0) }
    listening.withLock { $0 = (subscriber, subscription) }
  }

  func knows(_ id: TaskID) -> Bool? {
    state.withLock { state in
      if !state.known.isEmpty, state.known.contains(id) { return true }
      return state.isSure ? false : nil
    }
  }

  func ask(_ id: TaskID) async throws(BrokerError) -> Bool {
    var batch = RedisBatch()
    batch.append("ZSCORE", Keys.revoked, id.rawValue)
    return try await connection.run(batch).first?.isNull == false
  }

  // From here on news may be missed; what is loaded before proves nothing. Returns the gap's number.
  @discardableResult
  private func doubt() -> Int {
    state.withLock { state in
      state.isSure = false
      state.gap += 1
      return state.gap
    }
  }

  private func receive(_ signal: RedisSubscriber.Signal) {
    switch signal {
    case .message(let bytes): enter([TaskID(String(decoding: bytes, as: UTF8.self))])
    case .listening, .resumed:
      load(from: "0", gap: doubt())
    case .failed, .timeIsOver: doubt()
    }
  }

  // ZSCAN shows all that is there from its begin to its end, whatever is trimmed meanwhile.
  private func load(from cursor: String, gap: Int) {
    var batch = RedisBatch()
    batch.append("ZSCAN", Keys.revoked, cursor, "COUNT", 1000)
    connection.submit(batch) { [weak self] outcome in
      guard let self, state.withLock({ $0.gap == gap }) else { return }
      guard let page = try? outcome.get().first?.array, page.count == 2, let next = page[0].text,
        let pairs = page[1].array
      else { return loadLater(gap: gap) }
      enter(
        stride(from: 0, to: pairs.count, by: 2).compactMap { pairs[$0].text.map { TaskID($0) } })
      guard next == "0" else { return load(from: next, gap: gap) }
      state.withLock { if $0.gap == gap { $0.isSure = true } }
    }
  }

  // The server would not say; until it does, each task asks.
  private func loadLater(gap: Int) {
    thread.schedule(after: .seconds(1)) { [weak self] _ in
      guard let self, state.withLock({ $0.gap == gap }) else { return }
      load(from: "0", gap: gap)
    }
  }

  private func enter(_ ids: [TaskID]) {
    let new = state.withLock { state in ids.filter { state.known.insert($0).inserted } }
    if !new.isEmpty { onRevoked(new) }
  }
}

extension RedisBroker {
  /// Enters calls as revoked, for thirty days, and tells every worker.
  ///
  /// One round trip.
  public func revoke(_ ids: [TaskID]) async throws(BrokerError) {
    guard !ids.isEmpty else { return }
    var batch = RedisBatch()
    for id in ids { batch.append(.revoke, keys: [Keys.revoked], 30 * 86_400_000, id.rawValue) }
    _ = try await connection.run(batch, on: [ExpectedKey(Keys.revoked, "zset")])
  }

  /// Follows the revocations over a connection of its own.
  public func revocations(
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) -> any Revocations {
    RedisRevocations(url, on: thread, asking: connection, onRevoked)
  }
}

extension RedisResultStore {
  /// Stores that a call was revoked, unless it has started or ended; one round trip.
  public func storeRevocation(_ write: ResultWrite) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append(
      .storeRevocation, keys: [Keys.result(write.id)], write.expirySeconds, write.bytes)
    _ = try await connection.run(batch)
  }
}
