extension RedisScript {
  /// Moves messages that were on loan at a crash to this worker's loans: as many as can start at
  /// once, or one that is to run apart.
  ///
  ///     list ──► suspects:1 ──► suspects:2 ──► … ──► dead        each arrow a crash of the worker
  ///                 │               │                            that has the message on loan
  ///                 └───────────────┴──► done
  ///
  /// The list in which a message waits is the count of its crashes, so counting costs nothing where
  /// nothing crashes. From its queue, a message is taken before it can start: the first crash makes
  /// suspects of all that the worker had on loan, and says little. A suspect is taken only to be
  /// started, so every further crash counts those alone that ran at it. And those that one more crash
  /// would condemn are given out one at a time: what is buried has not just run beside a culprit.
  ///
  /// KEYS  1 loans   2… lists, those with the most crashes first
  /// ARGV  1 worker   2 count   3 first batch number   4 how many of the lists, from the first, hold
  ///       messages to run apart
  /// A list whose key is of another type holds up no other, as in ``take``.
  ///
  /// Reply one array for each list that gave something: its place from 0, then the messages;
  ///       an error `FENCED` when the worker's lease has run out and its loans are gone
  static let takeSuspects = RedisScript(
    "take suspects",
    visibilityFunctions + """
      local isLive, isVisible = unpack(redis.call('HMGET', KEYS[1], 'live', 'visible'))
      if not isLive then return redis.error_reply('FENCED the lease has run out') end
      local left, apart = tonumber(ARGV[2]), tonumber(ARGV[4])
      local taken, failure = {}, nil
      for i = 2, #KEYS do
        if left == 0 then break end
        local isApart = i - 1 <= apart
        local messages = redis.pcall('RPOP', KEYS[i], isApart and 1 or left)
        if messages and messages.err then
          failure = failure or messages
        elseif messages then
          local batch = ARGV[3] + i - 2
          redis.call('RPUSH', 'celeriac:loan:' .. ARGV[1] .. ':' .. batch, unpack(messages))
          redis.call('HSET', KEYS[1], batch, KEYS[i])
          for j = 1, isVisible and #messages or 0 do
            show(fieldOf(ARGV[1], batch, j - 1), messages[j], KEYS[i])
          end
          left = isApart and 0 or left - #messages
          table.insert(messages, 1, i - 2)
          taken[#taken + 1] = messages
        end
      end
      return #taken == 0 and failure or taken
      """)
}
