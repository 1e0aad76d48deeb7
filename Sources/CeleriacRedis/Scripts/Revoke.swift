extension RedisScript {
  /// Enters calls as revoked, forgets the oldest revocations that are over, and tells all workers.
  ///
  /// The facts stand before they are told, so who listens first and reads then misses nothing; and they
  /// stand where this user may not tell anybody. Returns why not, or nothing.
  ///
  /// KEYS  1 revoked (sorted set)
  /// ARGV  1 how long the fact is kept, ms   2 channel   then the ids
  static let revoke = RedisScript(
    "revoke",
    """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
    if #old > 0 then redis.call('ZREM', KEYS[1], unpack(old)) end
    for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    for i = 3, #ARGV do
      local told = redis.pcall('PUBLISH', ARGV[2], ARGV[i])
      if type(told) == 'table' then return told.err end
    end
    return false
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
