import CeleriacCore
import Synchronization

/// A result store that remembers every state that was stored in it.
final class RecordingResults: ResultStore {
  private let store: any ResultStore
  private let record = Mutex<[ResultWrite]>([])

  init(storingIn store: any ResultStore) {
    self.store = store
  }

  /// The states of a call, in order.
  func writes(of id: TaskID) -> [ResultWrite] {
    record.withLock { $0.filter { $0.id == id } }
  }

  func store(_ write: ResultWrite) async throws(BrokerError) {
    record.withLock { $0.append(write) }
    try await store.store(write)
  }

  func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord? {
    try await store.read(id)
  }

  func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value {
    try await store.follow(id, body)
  }

  func forget(_ id: TaskID) async throws(BrokerError) {
    try await store.forget(id)
  }
}
