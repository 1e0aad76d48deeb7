extension RedisScript {
  /// Enters calls as revoked, forgets the oldest revocations that are over, and tells all workers.
  ///
  /// The fact stands before it is told, so who listens first and reads then misses nothing.
  ///
  /// KEYS  1 revoked (sorted set), also the channel
  /// ARGV  1 how long the fact is kept, ms   then the ids
  static let revoke = RedisScript(
    "revoke",
    """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
    if #old > 0 then redis.call('ZREM', KEYS[1], unpack(old)) end
    for i = 2, #ARGV do
      redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i])
      redis.call('PUBLISH', KEYS[1], ARGV[i])
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    return #ARGV - 1
    """)

  /// Stores and publishes that a call was revoked, unless it has started or ended.
  ///
  /// KEYS  1 result
  /// ARGV  1 seconds   2 record
  static let storeRevocation = RedisScript(
    "storeRevocation",
    """
    local record = redis.pcall('GET', KEYS[1])
    if type(record) == 'string' then
      local isRead, fields = pcall(cjson.decode, record)
      local status = isRead and type(fields) == 'table' and fields.status
      if status ~= 'PENDING' and status ~= 'RECEIVED' and status ~= 'RETRY' then return 0 end
    end
    redis.call('SETEX', KEYS[1], ARGV[1], ARGV[2])
    redis.call('PUBLISH', KEYS[1], ARGV[2])
    return 1
    """)
}
