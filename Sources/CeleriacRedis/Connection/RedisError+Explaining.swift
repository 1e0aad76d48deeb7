extension RedisError {
  /// What the server's refusal means and what to do about it; nil where the detail says it all.
  package var explanation: String? {
    switch ServerRefusal.code(of: detail) {
    case "OOM":
      return "its memory is full (maxmemory) and it takes nothing more; raise maxmemory, or let "
        + "workers drain the queues"
    case "LOADING":
      return "it is loading its data and answers nothing until that is done; wait a moment"
    case "READONLY":
      return "it is a replica and takes no writes; name its primary instead"
    case "MASTERDOWN":
      return "it is a replica that has lost its primary; name the primary, or mend their connection"
    case "MISCONF":
      return "it takes no writes because it can't save its data to disk; see to the disk, and to "
        + "Redis' own log"
    case "NOREPLICAS":
      return "it takes no writes because too few replicas are connected (min-replicas-to-write)"
    case "BUSY":
      return "it is busy with a script that does not end; SCRIPT KILL ends one"
    case "NOPERM":
      return "this user may not do that (\(detail)); ACL SETUSER gives the right"
    default:
      return nil
    }
  }

  /// A refusal of the server, in its own words.
  static func refusal(_ line: String, by subject: String) -> RedisError {
    let code: Code =
      switch ServerRefusal(line) {
      case .notReady, .hindered: .notReady
      case .outOfMemory: .outOfMemory
      case .noScript, .other: .errorReply
      }
    return RedisError(code, subject, line)
  }
}
