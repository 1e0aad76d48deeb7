extension RedisScript {
  /// Sends the message of a dead letter again, last in line.
  ///
  ///     dead ──► list
  ///
  /// The list gets it first: a server without memory refuses that, and nothing has changed. Where the
  /// letter can't be taken away, the list loses it again.
  ///
  /// KEYS  1 dead   2 list
  /// ARGV  1 letter
  /// Reply 1, or 0 when there is no such letter; one without a message is left where it is
  static let replay = RedisScript(
    "replay",
    """
    local letters = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
    if #letters == 0 then return 0 end
    local fields, count = letters[1][2], 0
    for i = 1, #fields, 2 do
      if fields[i] == 'message' then
        redis.call('LPUSH', KEYS[2], fields[i + 1])
        count = count + 1
      end
    end
    if count == 0 then
      return redis.error_reply('ERR letter ' .. ARGV[1] .. ' holds no message; it can only be dropped')
    end
    local ended = redis.pcall('XDEL', KEYS[1], ARGV[1])
    if type(ended) == 'number' then return 1 end
    for _ = 1, count do redis.call('LPOP', KEYS[2]) end
    return ended
    """)
}
