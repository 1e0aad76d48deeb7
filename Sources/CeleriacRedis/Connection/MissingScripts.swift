/// The calls of a batch that failed because the server does not know their scripts, as a batch that
/// first loads them.
struct MissingScripts: Sendable {
  let batch: RedisBatch
  private let indices: [Int]
  private let loads: Int

  /// Nil when no call failed so, or one did whose script is not known here either.
  init?(_ indices: [Int], of original: RedisBatch) {
    let calls = original.scripts.filter { indices.contains($0.index) }
    guard !calls.isEmpty, calls.count == indices.count else { return nil }
    var batch = RedisBatch()
    var loaded: Set<String> = []
    for call in calls where loaded.insert(call.script.digest).inserted {
      batch.append("SCRIPT", "LOAD", call.script.source)
    }
    for index in indices { batch.append(encoded: original.bytes(of: index)) }
    self.batch = batch
    self.indices = indices
    self.loads = loaded.count
  }

  /// How many calls there are.
  var count: Int { indices.count }

  /// The replies of the original batch, with those of the second try in their places.
  func merge(_ retried: [RedisReply], into replies: [RedisReply]) -> [RedisReply] {
    var merged = replies
    for (index, reply) in zip(indices, retried.dropFirst(loads)) { merged[index] = reply }
    return merged
  }
}
