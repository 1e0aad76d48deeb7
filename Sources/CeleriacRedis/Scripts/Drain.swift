extension RedisScript {
  /// Lua for the scripts that give loans back: `drain(worker, isCrash)` returns every message that a
  /// worker has on loan, first in line and in its old order, and says how many there were.
  ///
  ///     of a worker that has crashed    list ──► suspects:1      suspects:{n} ──► suspects:{n + 1}
  ///     of any other                    to the list it came from
  ///
  /// Where a key is of another type, or refused, its messages stay on loan and hold up no others: the next
  /// sweep asks again. `drain` returns the refusal after the count.
  ///
  /// The batches stay registered: a worker that is stopped rather than dead may still be waiting at a
  /// list, and what it is handed then has to be found again. ``tick`` forgets them in the end.
  static let drainFunction =
    visibilityFunctions + """
      local function suspected(list)
        local crashes, queue = string.match(list, '^celeriac:suspects:(%d):(.*)$')
        if not crashes then return 'celeriac:suspects:1:' .. string.match(list, '^[^\\6]*') end
        return 'celeriac:suspects:' .. math.min(crashes + 1, 9) .. ':' .. queue
      end
      -- Returns why it is refused, if it is, and how many messages went back.
      local function giveBack(worker, batch, list, isVisible, isCrash)
        local key = 'celeriac:loan:' .. worker .. ':' .. batch
        local messages = redis.pcall('LRANGE', key, 0, -1)
        if messages.err then return messages, 0 end
        if #messages == 0 then return nil, 0 end
        local tombstone = '\\0settled by ' .. worker
        local source, waits = string.gsub(list, '^%z', '')
        local isShown = isVisible and waits == 0
        local isAsked = isShown and redis.pcall('HEXISTS', 'unacked', '')
        if type(isAsked) == 'table' then return isAsked, 0 end
        local target = isCrash and suspected(source) or source
        local count = 0
        for i = #messages, 1, -1 do
          local field = fieldOf(worker, batch, i - 1)
          if messages[i] ~= tombstone and (not isShown or isKept(field, messages[i])) then
            local pushed = redis.pcall('RPUSH', target, messages[i])
            if type(pushed) == 'table' then return pushed, 0 end
            if isShown then hide(field) end
            count = count + 1
          end
        end
        redis.call('UNLINK', key)
        return nil, count
      end
      local function drain(worker, isCrash)
        local loans = redis.call('HGETALL', 'celeriac:loans:' .. worker)
        local isVisible = redis.call('HEXISTS', 'celeriac:loans:' .. worker, 'visible') == 1
        local batches, lists = {}, {}
        for i = 1, #loans, 2 do
          local batch = tonumber(loans[i])
          if batch then
            batches[#batches + 1] = batch
            lists[batch] = loans[i + 1]
          end
        end
        table.sort(batches, function(a, b) return a > b end)
        local count, failure = 0, nil
        for _, batch in ipairs(batches) do
          local refused, returned = giveBack(worker, batch, lists[batch], isVisible, isCrash)
          count, failure = count + returned, failure or refused
        end
        return count, failure
      end

      """

  /// Gives back all that a worker has on loan and lets it take nothing more.
  ///
  /// For a worker that stops, and for one that its supervisor knows to be dead: that one has crashed,
  /// unless it has released its loans itself or others have recovered them.
  ///
  /// KEYS  1 workers
  /// ARGV  1 worker, or 2 the instance whose worker it is
  /// Reply how many messages went back, or the error for which some did not
  static let release = RedisScript(
    "release",
    drainFunction + """
      local worker = ARGV[1]
      if worker == '' then worker = redis.call('GET', 'celeriac:instance:' .. ARGV[2]) end
      if not worker then return 0 end
      local loans = 'celeriac:loans:' .. worker
      if redis.call('EXISTS', loans) == 0 then return 0 end
      local time = redis.call('TIME')
      local wasLive = redis.call('HDEL', loans, 'live') == 1
      redis.call('HSET', loans, 'sweeps', '1')
      redis.call('ZADD', KEYS[1], time[1] * 1000 + 5000, worker)
      local count, failure = drain(worker, wasLive and ARGV[1] == '')
      return failure or count
      """)
}
