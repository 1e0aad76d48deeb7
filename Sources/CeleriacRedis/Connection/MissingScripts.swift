/// The calls of a batch that failed because the server does not know their scripts, as a batch that
/// brings the scripts along.
///
/// Each is one command, `EVAL` with the text: a script that is loaded first may be forgotten again
/// before its call arrives.
struct MissingScripts: Sendable {
  let batch: RedisBatch
  private let indices: [Int]

  /// Nil when no call failed so, or one did whose script is not known here either.
  init?(_ indices: [Int], of original: RedisBatch) {
    let calls = original.scripts.filter { indices.contains($0.index) }
    guard !calls.isEmpty, calls.count == indices.count else { return nil }
    var batch = RedisBatch()
    for call in calls {
      batch.append(text: call.script.source, inPlaceOfDigestIn: original.bytes(of: call.index))
    }
    self.batch = batch
    self.indices = indices
  }

  /// How many calls there are.
  var count: Int { indices.count }

  /// The replies of the original batch, with those of the second try in their places.
  func merge(_ retried: [RedisReply], into replies: [RedisReply]) -> [RedisReply] {
    var merged = replies
    for (index, reply) in zip(indices, retried) { merged[index] = reply }
    return merged
  }
}
