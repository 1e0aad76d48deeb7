extension RedisScript {
  /// Makes a worker known, before its first loan.
  ///
  ///     workers[worker] = now + lease      loans:{worker}.live = 1, .lease = how long it is, .since = now
  ///
  /// A name whose loans were taken back stays dead: a request that was long on its way must not
  /// bring a worker back to life that others have buried.
  ///
  /// The queues are bound as Celery binds them, so that Python peers which publish through an
  /// exchange of the queue's name find them.
  ///
  /// KEYS  1 workers   2 loans
  /// ARGV  1 worker   2 lease, ms   3 name   4 instance or ''   5 `1` for loans that Celery's workers can see
  ///       6… queues
  /// Reply 1; an error `FENCED` when the worker's loans were taken back
  static let register = RedisScript(
    "register",
    """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    if redis.call('HEXISTS', KEYS[2], 'sweeps') == 1 then
      return redis.error_reply('FENCED the lease has run out')
    end
    redis.call('HDEL', KEYS[2], '') -- see settle
    if ARGV[5] == '1' then
      -- Something else under these names is found out here, not with a message in hand.
      redis.call('HEXISTS', 'unacked', '')
      redis.call('ZSCORE', 'unacked_index', '')
    end
    redis.call('HSET', KEYS[2], 'live', '1', 'lease', ARGV[2], 'since', now, 'name', ARGV[3])
    if ARGV[5] == '1' then redis.call('HSET', KEYS[2], 'visible', '1') end
    redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
    if ARGV[4] ~= '' then
      redis.call('HSET', KEYS[2], 'instance', ARGV[4])
      redis.call('SET', 'celeriac:instance:' .. ARGV[4], ARGV[1], 'EX', 86400) -- each tick renews it
    end
    for i = 6, #ARGV do
      local member = ARGV[i] .. '\\6\\22\\6\\22' .. ARGV[i]
      redis.call('SADD', '_kombu.binding.' .. ARGV[i], member)
      redis.call('SADD', '_kombu.binding_permanent.' .. ARGV[i], member)
    end
    return 1
    """)
}
