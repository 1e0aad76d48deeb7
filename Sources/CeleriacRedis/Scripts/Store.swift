extension RedisScript {
  /// Stores and publishes a result, unless the call has succeeded before.
  ///
  /// KEYS  1 result
  /// ARGV  1 seconds   2 record
  /// Reply 1, or 0 where a success was left as it is
  static let store = RedisScript(
    "store",
    """
    local current = redis.pcall('GET', KEYS[1])
    if type(current) == 'string' and string.find(current, '"status": "SUCCESS"', 1, true) then return 0 end
    redis.call('SETEX', KEYS[1], ARGV[1], ARGV[2])
    redis.call('PUBLISH', KEYS[1], ARGV[2])
    return 1
    """)
}
