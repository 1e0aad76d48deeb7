extension RedisScript {
  /// Reads the state of a periodic entry; the first reader sets its anchor.
  ///
  /// KEYS  1 entry
  /// ARGV  1 schedule   2 now, ms
  /// Reply anchor, ms;   last fired instant, ms, or ''
  static let beatState = RedisScript(
    "beat state",
    """
    if redis.call('HGET', KEYS[1], 'schedule') ~= ARGV[1] then
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'schedule', ARGV[1], 'anchor', ARGV[2])
    end
    redis.call('EXPIRE', KEYS[1], 34560000)
    return {redis.call('HGET', KEYS[1], 'anchor'), redis.call('HGET', KEYS[1], 'last') or ''}
    """)

  /// Sends the message of a periodic entry, unless this instant, or a later one, was fired before.
  ///
  ///     entry.last = due      message ──► list
  ///
  /// Both or neither: with any number of beats, each instant is fired once.
  ///
  /// KEYS  1 entry   2 list
  /// ARGV  1 schedule   2 due, ms   3 message
  /// Reply 1 when it was fired, 0 when somebody else was first
  static let fire = RedisScript(
    "fire",
    """
    if redis.call('HGET', KEYS[1], 'schedule') ~= ARGV[1] then
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'schedule', ARGV[1], 'anchor', ARGV[2])
    end
    local last = redis.call('HGET', KEYS[1], 'last')
    if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
    redis.call('HSET', KEYS[1], 'last', ARGV[2])
    redis.call('EXPIRE', KEYS[1], 34560000)
    redis.call('LPUSH', KEYS[2], ARGV[3])
    return 1
    """)
}
