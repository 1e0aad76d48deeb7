extension RedisScript {
  /// What stands in a worker's batches for a message that is settled.
  ///
  /// No message looks like it: the worker's name on its loans is unique to one life of one process,
  /// and no producer knows it.
  static func tombstone(of worker: String) -> String { "\0settled by \(worker)" }

  /// Ends loans of one worker, each with its result, wholly or not at all.
  ///
  ///     loan:{worker}:{batch}[index] = tombstone, or the batch is dropped with its last message
  ///       requeue ──► back into its list, next to be taken
  ///       schedule ─► scheduled:{queue}, due at its time
  ///       bury ─────► dead
  ///     celery-task-meta-{id} = result, and the same text published; a success is never overwritten
  ///
  /// The worker says when a batch is complete, so a batch that is settled in one go costs two
  /// commands, not one a message. A settlement that comes twice finds no batch, or a tombstone.
  ///
  /// A server without memory refuses the first write of a script, unless it is one that only frees,
  /// and lets the others follow it. So the script begins with such a one, on a field that is never
  /// there: with settlements refused, memory would stay short.
  ///
  /// KEYS  1 loans   2 dead
  /// ARGV  1 worker   2 tombstone   then for each settlement: batch, index, how it ends
  ///       (`a`cknowledge, `r`equeue, `s`chedule, `d`ead), `1` when the batch is complete;
  ///       for `s`: key of the schedule, due in ms, message; for `d`: reason;
  ///       then the result: `-` for none; else `S` for a success or `O`, id, seconds, record
  /// Reply the places, from 0, of settlements whose loan is no longer this worker's;
  ///       an error `FENCED` when all loans are gone
  static let settle = RedisScript(
    "settle",
    """
    if redis.call('HEXISTS', KEYS[1], 'live') == 0 then
      return redis.error_reply('FENCED the lease has run out')
    end
    redis.call('HDEL', KEYS[1], '')
    local worker, tombstone = ARGV[1], ARGV[2]
    local known, closed, isClosed, lost = {}, {}, {}, {}
    local i, place = 3, 0
    while i <= #ARGV do
      local batch, index, kind, closes = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
      local key = 'celeriac:loan:' .. worker .. ':' .. batch
      i = i + 4
      local a, b, c
      if kind == 's' then
        a, b, c = ARGV[i], ARGV[i + 1], ARGV[i + 2]
        i = i + 3
      elseif kind == 'd' then
        a = ARGV[i]
        i = i + 1
      end
      local result = i
      i = i + (ARGV[i] == '-' and 1 or 4)

      if known[batch] == nil then known[batch] = redis.call('HGET', KEYS[1], batch) end
      local message = known[batch] and (kind == 'a' or redis.call('LINDEX', key, index))
      if not message or message == tombstone then
        lost[#lost + 1] = place
      else
        if kind == 'r' then
          redis.call('RPUSH', known[batch], message)
        elseif kind == 's' then
          redis.call('ZADD', a, b, c)
        elseif kind == 'd' then
          local crashes, queue = string.match(known[batch], '^celeriac:suspects:(%d):(.*)$')
          redis.call('XADD', KEYS[2], '*',
            'queue', queue or string.match(known[batch], '^[^\\6]*'), 'reason', a,
            'crashes', crashes or '0', 'worker', redis.call('HGET', KEYS[1], 'name') or worker,
            'message', message)
        end
        if ARGV[result] ~= '-' then
          local meta = 'celery-task-meta-' .. ARGV[result + 1]
          -- Whatever else the key may be must not end the script half way.
          local current = ARGV[result] ~= 'S' and redis.pcall('GET', meta)
          if not (type(current) == 'string'
              and string.find(current, '"status": "SUCCESS"', 1, true)) then
            redis.call('SETEX', meta, ARGV[result + 2], ARGV[result + 3])
            redis.call('PUBLISH', meta, ARGV[result + 3])
          end
        end
        if closes ~= '1' then
          redis.call('LSET', key, index, tombstone)
        elseif not isClosed[batch] then
          isClosed[batch] = true
          closed[#closed + 1] = batch
        end
      end
      place = place + 1
    end
    if #closed > 0 then
      local keys = {}
      for i, batch in ipairs(closed) do keys[i] = 'celeriac:loan:' .. worker .. ':' .. batch end
      redis.call('UNLINK', unpack(keys))
      redis.call('HDEL', KEYS[1], unpack(closed))
    end
    return lost
    """)
}
