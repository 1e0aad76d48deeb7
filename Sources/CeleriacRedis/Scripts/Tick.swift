extension RedisScript {
  /// What every worker does about once a second, for itself and for the others; every four thirds of a
  /// lease while it is idle, see ``LeaseClock``, and whenever something falls due.
  ///
  ///     renew     workers[worker] = now + lease
  ///     reclaim   batches whose reply was lost ──► back into their lists; some then forgotten
  ///     promote   scheduled:{queue}, due ──► list of its priority, last in line
  ///     recover   loans of workers whose lease has run out ──► suspects:{n}, see ``takeSuspects``
  ///
  /// Where nobody has ticked for half a lease, nor renewed a lease, it is the server that was away, or
  /// stopped, or its clock that was set: every lease may be over, and nobody dead. Then nothing is
  /// recovered for the length of a lease, in which those that live renew theirs.
  ///
  /// A recovered worker is swept again every 5 s for half a minute and once more after an hour, and
  /// forgotten then: if it was stopped while it waited at a list, a message may have reached its
  /// loans since. That message has not been run, and goes back into its list.
  /// Each part has a limit, so the script's work does not grow with a backlog. Where there is nothing
  /// to do, it makes seven calls, whatever the number of queues: idle workers do little else.
  ///
  /// KEYS  1 workers   2 loans   3 recovery
  /// ARGV  1 worker   2 lease, ms   3 when it has last renewed its lease, ms, or 0
  ///       4 how many batches to reclaim   5 and how many to forget as well
  ///       then the former, the latter, and the queues
  /// Reply 1 or 0: whether the worker still has its lease;   ms until the next due message, or -1;
  ///       how many messages were recovered from other workers;   bit n set where something waits in
  ///       suspects:{n} of one of the queues;   ms until the next lease of another ends, or -1;
  ///       when its own ends, ms;   the batches that the server has of this worker's, registered or filled;
  ///       why some could not be given back, if that is so
  static let tick = RedisScript(
    "tick",
    drainFunction + """
      -- Whether another worker has renewed its lease within this time. That it has come proves nothing:
      -- it may be the first to come after the server.
      local function othersRenewed(worker, now, time)
        -- A lease that was renewed has not ended; the ends of the swept are later than most.
        local latest = redis.call(
          'ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE', 'LIMIT', 0, 100, 'WITHSCORES')
        for i = 1, #latest, 2 do
          local its = redis.pcall('HMGET', 'celeriac:loans:' .. latest[i], 'live', 'lease', 'since')
          if latest[i] ~= worker and its[1] and its[2] and its[3] then
            local renewed = latest[i + 1] - its[2]
            if renewed ~= tonumber(its[3]) and math.abs(now - renewed) <= time then return true end
          end
        end
        return false
      end

      local worker, lease = ARGV[1], tonumber(ARGV[2])
      local forgets = 6 + ARGV[4]
      local queues = forgets + ARGV[5]
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)

      local isLive, instance = unpack(redis.call('HMGET', KEYS[2], 'live', 'instance'))
      local live, failure = isLive and 1 or 0, nil
      local renewed = live == 1 and redis.pcall('ZADD', KEYS[1], now + lease, worker)
      if type(renewed) ~= 'number' then
        redis.call('HDEL', KEYS[2], '') -- a server without memory, see settle
      end
      if live == 1 then
        if type(renewed) ~= 'number' then redis.call('ZADD', KEYS[1], now + lease, worker) end
        if instance then redis.call('EXPIRE', 'celeriac:instance:' .. instance, 86400) end
        local isVisible = queues > 6 and redis.call('HEXISTS', KEYS[2], 'visible') == 1
        for i = 6, queues - 1 do
          local list = redis.call('HGET', KEYS[2], ARGV[i])
          local refused = list and giveBack(worker, ARGV[i], list, isVisible) or nil
          failure = failure or refused
          if i >= forgets and not refused then redis.call('HDEL', KEYS[2], ARGV[i]) end
        end
      end

      local batches = {}
      for _, field in ipairs(live == 1 and redis.call('HKEYS', KEYS[2]) or {}) do
        batches[#batches + 1] = tonumber(field)
      end

      -- Whether anything is scheduled or suspect: mostly there is nothing.
      local waits, keys = false, {}
      for i = queues, #ARGV do
        keys[#keys + 1] = 'celeriac:scheduled:' .. ARGV[i]
        for n = 1, 9 do keys[#keys + 1] = 'celeriac:suspects:' .. n .. ':' .. ARGV[i] end
        if not waits and (i == #ARGV or #keys >= 1000) then
          local found = redis.pcall('EXISTS', unpack(keys))
          waits, keys = found ~= 0, {} -- each queue says for itself what is refused
        end
      end

      local nextDue = -1
      for i = queues, waits and #ARGV or 0 do
        local schedule = 'celeriac:scheduled:' .. ARGV[i]
        local first = redis.pcall('ZRANGE', schedule, 0, 0, 'WITHSCORES')
        failure = failure or first.err and first
        if first[2] and tonumber(first[2]) <= now then
          local due = redis.call('ZRANGE', schedule, '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)
          -- Out of the schedule first: where that is refused, each tick would send it once more.
          local removed, refused = redis.pcall('ZREM', schedule, unpack(due)), {}
          if type(removed) ~= 'number' then
            failure, due = failure or removed, {}
          end
          for j = 1, #due do
            local step = string.sub(due[j], 1, 1)
            local list = ARGV[i]
            if step ~= '0' then list = list .. '\\6\\22' .. step end
            local pushed = refused[list] or redis.pcall('LPUSH', list, string.sub(due[j], 2))
            if type(pushed) ~= 'number' then
              -- It holds up no other, and is tried again.
              failure, refused[list] = failure or pushed, pushed
              redis.call('ZADD', schedule, now + 5000, due[j])
            end
          end
          first = #due > 0 and redis.call('ZRANGE', schedule, 0, 0, 'WITHSCORES') or {}
        end
        if first[2] then
          local left = math.max(0, first[2] - now)
          if nextDue == -1 or left < nextDue then nextDue = left end
        end
      end

      local from
      if math.abs(now - ARGV[3]) > lease / 2 then
        local last = redis.call('HGET', KEYS[3], 'last') or now
        if math.abs(now - last) > lease / 2 and not othersRenewed(worker, now, lease / 2) then
          from = now + lease
          redis.call('HSET', KEYS[3], 'from', from)
        end
      end
      redis.call('HSET', KEYS[3], 'last', now)
      local recovered = 0
      local nextEnd = -1
      local ends = redis.call('ZRANGE', KEYS[1], 0, 4, 'WITHSCORES')
      if not from and ends[2] and tonumber(ends[2]) <= now then
        from = math.min(redis.call('HGET', KEYS[3], 'from') or 0, now + lease)
      end
      for i = 1, #ends, 2 do
        local other, left = ends[i], math.max(ends[i + 1], from or 0) - now
        if left > 0 then
          if other ~= worker and nextEnd == -1 then nextEnd = left end
        elseif i < 9 then
          local loans = 'celeriac:loans:' .. other
          local sweeps = redis.pcall('HINCRBY', loans, 'sweeps', 1)
          local count, refused = 0, sweeps
          if type(sweeps) == 'number' then
            redis.call('HDEL', loans, 'live')
            count, refused = drain(other, sweeps == 1)
          end
          recovered = recovered + count
          failure = failure or refused
          if not refused and sweeps > 8 then
            redis.call('DEL', loans)
            redis.call('ZREM', KEYS[1], other)
          else
            redis.call('ZADD', KEYS[1], now + (sweeps == 8 and 3600000 or 5000), other)
          end
        else
          nextEnd = 0
        end
      end

      local suspects = 0
      for i = queues, (waits or recovered > 0) and #ARGV or 0 do
        local lists = {}
        for n = 1, 9 do lists[n] = 'celeriac:suspects:' .. n .. ':' .. ARGV[i] end
        local found = redis.pcall('EXISTS', unpack(lists))
        if type(found) ~= 'number' then failure = failure or found end
        if found ~= 0 then
          for n = 1, 9 do
            local count = redis.pcall('LLEN', lists[n])
            if type(count) == 'number' and count > 0 then
              suspects = bit.bor(suspects, bit.lshift(1, n))
            end
          end
        end
      end
      return {live, nextDue, recovered, suspects, nextEnd, now + lease, batches, failure and failure.err}
      """)
}
