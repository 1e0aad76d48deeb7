extension RedisScript {
  /// Lua for the scripts that give loans back: `drain(worker)` returns every message that a worker
  /// has on loan to the list it came from, first in line and in its old order.
  ///
  /// The batches stay registered: a worker that is stopped rather than dead may still be waiting at a
  /// list, and what it is handed then has to be found again. ``tick`` forgets them in the end.
  static let drainFunction = """
    local tombstone = '\\0settled'
    local function drain(worker)
      local loans = redis.call('HGETALL', 'celeriac:loans:' .. worker)
      local batches, lists = {}, {}
      for i = 1, #loans, 2 do
        local batch = tonumber(loans[i])
        if batch then
          batches[#batches + 1] = batch
          lists[batch] = loans[i + 1]
        end
      end
      table.sort(batches, function(a, b) return a > b end)
      local count = 0
      for _, batch in ipairs(batches) do
        local key = 'celeriac:loan:' .. worker .. ':' .. batch
        local messages = redis.call('LRANGE', key, 0, -1)
        for i = #messages, 1, -1 do
          if messages[i] ~= tombstone then
            redis.call('RPUSH', lists[batch], messages[i])
            count = count + 1
          end
        end
        if #messages > 0 then redis.call('UNLINK', key) end
      end
      return count
    end

    """

  /// Gives back all that a worker has on loan and lets it take nothing more.
  ///
  /// For a worker that stops, and for one that its supervisor knows to be dead.
  ///
  /// KEYS  1 workers
  /// ARGV  1 worker, or 2 the instance whose worker it is
  /// Reply how many messages went back
  static let release = RedisScript(
    "release",
    drainFunction + """
      local worker = ARGV[1]
      if worker == '' then worker = redis.call('GET', 'celeriac:instance:' .. ARGV[2]) end
      if not worker then return 0 end
      local loans = 'celeriac:loans:' .. worker
      if redis.call('EXISTS', loans) == 0 then return 0 end
      local time = redis.call('TIME')
      redis.call('HDEL', loans, 'live')
      redis.call('HSET', loans, 'sweeps', '1')
      redis.call('ZADD', KEYS[1], time[1] * 1000 + 5000, worker)
      return drain(worker)
      """)
}
