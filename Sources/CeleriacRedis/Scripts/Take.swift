extension RedisScript {
  /// Lua for the scripts that take: asks whether the worker has its lease, and `lend(i, count)` moves up to
  /// `count` messages from the list `KEYS[i]` into a batch of this worker's, and puts them into `taken`.
  ///
  /// It returns how many there were, and why the list refuses, if it does.
  static let lendFunction =
    visibilityFunctions + """
      local isLive, isVisible = unpack(redis.call('HMGET', KEYS[1], 'live', 'visible'))
      if not isLive then return redis.error_reply('FENCED the lease has run out') end
      local taken = {}
      local function lend(i, count)
        local messages = redis.pcall('RPOP', KEYS[i], count)
        if not messages then return 0 end
        if messages.err then return 0, messages end
        local batch = ARGV[3] + i - 2
        local lent = redis.pcall('RPUSH', 'celeriac:loan:' .. ARGV[1] .. ':' .. batch, unpack(messages))
        if type(lent) ~= 'number' then
          for j = #messages, 1, -1 do redis.call('RPUSH', KEYS[i], messages[j]) end
          return 0, lent
        end
        redis.call('HSET', KEYS[1], batch, KEYS[i])
        for j = 1, isVisible and #messages or 0 do
          show(fieldOf(ARGV[1], batch, j - 1), messages[j], KEYS[i])
        end
        count = #messages
        table.insert(messages, 1, i - 2)
        taken[#taken + 1] = messages
        return count
      end

      """

  /// Moves up to `count` messages from the lists, in their order, to this worker's loans.
  ///
  ///     list ──RPOP n──► loan:{worker}:{batch}      loans:{worker}[batch] = list
  ///
  /// Where there is nothing, batches are registered for the lists that the worker is going to wait
  /// at with BLMOVE: such a message is on loan from the moment it leaves its list.
  ///
  /// KEYS  1 loans   2… lists
  /// ARGV  1 worker   2 count   3 first batch number for messages   4… for each list the batch number
  ///       to wait with, or 0
  /// A list whose key is of another type holds up no other: what is wrong with it is told when there
  /// is nothing else to hand out.
  ///
  /// Reply one array for each list that gave something: its place from 0, then the messages;
  ///       an error `FENCED` when the worker's lease has run out and its loans are gone
  static let take = RedisScript(
    "take",
    lendFunction + """
      local left, failure = tonumber(ARGV[2]), nil
      for i = 2, #KEYS do
        if left == 0 then break end
        local count, refused = lend(i, left)
        left, failure = left - count, failure or refused
      end
      if #taken == 0 then
        if failure then return failure end
        for i = 2, #KEYS do
          if ARGV[i + 2] ~= '0' then
            redis.call('HSET', KEYS[1], ARGV[i + 2], (isVisible and '\\0' or '') .. KEYS[i])
          end
        end
      end
      return taken
      """)
}
