import CeleriacRedis

/// What a Redis says of itself, judged by whether it would take a message and keep it.
struct ServerHealth {
  let subject: String
  let info: ServerInspection
  /// Whether it takes no writes once a snapshot has failed; nil when that is not known.
  let stopsWrites: Bool?

  /// What there is to say, most of it when something is wrong.
  var findings: [Finding] {
    [version, role, memory, eviction, appendOnlyFile, snapshots].compactMap(\.self)
  }

  private var version: Finding {
    let version = info["redis_version"] ?? "unknown"
    let parts = version.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, (parts[0], parts[1]) >= (6, 2) else {
      return .bad(
        "\(subject), version", "\(version); 6.2 or later is needed (BLMOVE, ZRANGE BYSCORE)")
    }
    return .good("\(subject), version", version)
  }

  private var role: Finding? {
    guard info["role"] == "slave" else { return nil }
    let primary = "\(info["master_host"] ?? "?"):\(info["master_port"] ?? "?")"
    return info["slave_read_only"] == "0"
      ? .bad(
        "\(subject), role",
        "a replica of \(primary) that takes writes and loses them at its next sync; name the primary"
      )
      : .bad("\(subject), role", "a replica of \(primary), which takes no writes; name the primary")
  }

  private var memory: Finding? {
    guard let used = info.usedMemory, let limit = info.memoryLimit else { return nil }
    guard limit > 0 else {
      return .good("\(subject), memory", "\(ByteText.show(used)) used, no limit set")
    }
    let share = Int((Double(used) / Double(limit) * 100).rounded(.down))
    let text = "\(ByteText.show(used)) of \(ByteText.show(limit)) used (\(share) %)"
    switch share {
    case ..<80: return .good("\(subject), memory", text)
    // A server that throws keys away is always about full, which is judged below.
    case _ where info["maxmemory_policy"] != "noeviction":
      return .doubtful("\(subject), memory", text)
    case ..<100:
      return .doubtful(
        "\(subject), memory",
        "\(text); at 100 % it takes no message: raise maxmemory, or start more workers")
    default:
      return .bad(
        "\(subject), memory",
        "\(text): it takes no message; raise maxmemory (CONFIG SET maxmemory), or let workers "
          + "drain the queues")
    }
  }

  private var eviction: Finding {
    let policy = info["maxmemory_policy"] ?? "unknown"
    if policy == "noeviction" {
      return .good("\(subject), maxmemory-policy", "noeviction: nothing is thrown away")
    }
    if info.keepsAllKeys {
      return .doubtful(
        "\(subject), maxmemory-policy",
        "\(policy), harmless while maxmemory is 0; better: CONFIG SET maxmemory-policy noeviction")
    }
    return .bad(
      "\(subject), maxmemory-policy",
      "\(policy) throws messages away when memory is full: CONFIG SET maxmemory-policy noeviction")
  }

  private var appendOnlyFile: Finding {
    guard info["aof_enabled"] == "1" else {
      return .doubtful(
        "\(subject), persistence",
        "snapshots at most: what came after the last one is lost in a crash of Redis; better: "
          + "CONFIG SET appendonly yes")
    }
    if info["aof_last_write_status"] == "err" {
      return .bad(
        "\(subject), persistence",
        "the append-only file can't be written, so no message is taken: look at the disk")
    }
    if info["aof_last_bgrewrite_status"] == "err" {
      return .doubtful(
        "\(subject), persistence",
        "append-only file, whose last rewrite has failed: it grows until the disk is full")
    }
    return .good("\(subject), persistence", "append-only file")
  }

  private var snapshots: Finding? {
    guard info["rdb_last_bgsave_status"] == "err" else { return nil }
    switch stopsWrites {
    case true?:
      return .bad(
        "\(subject), snapshots",
        "the last one has failed, so no message is taken (stop-writes-on-bgsave-error): look at the "
          + "disk and at Redis' log")
    default:
      return .bad(
        "\(subject), snapshots", "the last one has failed: look at the disk and at Redis' log")
    }
  }
}

extension ServerInspection {
  /// What counts against the limit, in bytes.
  fileprivate var usedMemory: Int? {
    self["used_memory"].flatMap { Int($0) }.map { used in
      used - (self["mem_not_counted_for_evict"].flatMap { Int($0) } ?? 0)
    }
  }

  /// The limit in bytes; 0 for none.
  fileprivate var memoryLimit: Int? { self["maxmemory"].flatMap { Int($0) } }
}

/// Amounts of memory as people say them.
enum ByteText {
  static func show(_ bytes: Int) -> String {
    for (unit, size) in [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)] where bytes >= size {
      let tenths = (Double(bytes) / Double(size) * 10).rounded() / 10
      return "\(tenths) \(unit)"
    }
    return "\(bytes) B"
  }
}
