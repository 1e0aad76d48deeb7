import CeleriacCore
import Glibc

@testable import CeleriacRedis

/// A step of the delivery protocol: what one command on the wire is for.
enum Step: String, CaseIterable, Sendable {
  case handshake
  /// A call that brings its script along, as Redis did not know it.
  case loadScript = "call with script"
  case register
  case takeOver = "take over"
  /// A take that finds messages.
  case take
  case takeSuspects = "take suspects"
  /// A take that finds none and registers batches to wait with.
  case look
  case wait
  /// A tick that finds nothing else to do, or what a worker asks for instead that only waits.
  case renew = "tick: renew"
  case reclaim = "tick: reclaim"
  case promote = "tick: promote"
  case recover = "tick: recover"
  case success = "settle: success"
  case failure = "settle: failure"
  case retry = "settle: retry"
  case postpone = "settle: postpone"
  case requeue = "settle: requeue"
  case bury = "settle: bury"
  case acknowledge = "settle: acknowledge early"
  case store = "store result"
  case release
  case unblock
  case giveBack = "give back"
  case beatState = "beat: state"
  case fire = "beat: fire"
  case send
  case read
  case subscribe
  /// A look for one call among the revoked, or at all of them.
  case readRevocations = "read revocations"
  case revoke
  case storeRevocation = "store revocation"
  case other
}

extension Step {
  /// Names a command.
  ///
  /// - Parameters:
  ///   - words: The command.
  ///   - ask: Asks the server what the command is going to find; an integer.
  init(_ words: [ArraySlice<UInt8>], ask: ([String]) -> Int) {
    let text = { (index: Int) in
      index < words.count ? String(decoding: words[index], as: UTF8.self) : ""
    }
    self =
      switch text(0) {
      case "AUTH", "HELLO", "SELECT", "PING", "ROLE", "INFO": .handshake
      case "CLIENT": text(1) == "UNBLOCK" ? .unblock : .handshake
      case "SCRIPT", "EVAL": .loadScript
      case "BLMOVE": .wait
      case "LMOVE": .giveBack
      case "LPUSH": .send
      case "GET": .read
      case "ZADD": .renew
      case "SUBSCRIBE", "UNSUBSCRIBE": .subscribe
      case "ZSCAN", "ZSCORE": .readRevocations
      case "EVALSHA": Self(script: text(1), words, text, ask)
      default: .other
      }
  }

  private init(
    script digest: String, _ words: [ArraySlice<UInt8>], _ text: (Int) -> String,
    _ ask: ([String]) -> Int
  ) {
    let keys = 3..<3 + (Int(text(2)) ?? 0)
    self =
      switch digest {
      case RedisScript.register.digest: .register
      case RedisScript.take.digest:
        keys.dropFirst().contains { ask(["LLEN", text($0)]) > 0 } ? .take : .look
      case RedisScript.takeSuspects.digest: .takeSuspects
      case RedisScript.tick.digest: Self(tick: words, from: keys.upperBound, text, ask)
      case RedisScript.settle.digest: Self(settle: words.dropFirst(keys.upperBound + 2))
      case RedisScript.release.digest: text(keys.upperBound).isEmpty ? .takeOver : .release
      case RedisScript.store.digest: .store
      case RedisScript.fire.digest: .fire
      case RedisScript.beatState.digest: .beatState
      case RedisScript.push.digest: .send
      case RedisScript.revoke.digest: .revoke
      case RedisScript.storeRevocation.digest: .storeRevocation
      default: .other
      }
  }

  // A tick does several things; it is named after the rarest of those that it is about to do.
  private init(
    tick words: [ArraySlice<UInt8>], from start: Int, _ text: (Int) -> String,
    _ ask: ([String]) -> Int
  ) {
    let batches = (Int(text(start + 3)) ?? 0) + (Int(text(start + 4)) ?? 0)
    let now = Clock.milliseconds
    let own = ask(["ZSCORE", Keys.workers, text(start)])
    let over = ask(["ZCOUNT", Keys.workers, "-inf", "\(now)"]) - (own <= now ? 1 : 0)
    let queues = start + 5 + batches..<max(words.count, start + 5 + batches)
    let isDue = queues.contains { queue in
      ask(["ZCOUNT", Keys.scheduled(QueueName(text(queue))), "-inf", "\(now)"]) > 0
    }
    self = over > 0 ? .recover : isDue ? .promote : batches > 0 ? .reclaim : .renew
  }

  // Named after the first of several settlements.
  private init(settle arguments: ArraySlice<ArraySlice<UInt8>>) {
    let kinds = ["A", "a", "r", "s", "d"]
    let kind = arguments.lazy.filter { $0.count == 1 }
      .map { String(decoding: $0, as: UTF8.self) }.first(where: kinds.contains)
    let has = { (state: String) in
      arguments.contains { String(decoding: $0, as: UTF8.self).contains(#""status": "\#(state)""#) }
    }
    self =
      switch kind {
      case "r": .requeue
      case "s": has("RETRY") ? .retry : .postpone
      case "d": .bury
      default: has("SUCCESS") ? .success : has("FAILURE") ? .failure : .acknowledge
      }
  }
}

/// The time of day of this machine, which is also that of a Redis on it.
enum Clock {
  /// Milliseconds since 1970.
  static var milliseconds: Int { microseconds / 1000 }

  /// Microseconds since 1970.
  static var microseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
  }
}
