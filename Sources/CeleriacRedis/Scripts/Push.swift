extension RedisScript {
  /// Puts messages into several lists, all of them or none.
  ///
  ///     producer ──► list, list, …
  ///
  /// A transaction would not do: one command of it that is refused, for its key is no list or the user
  /// may not write to it, leaves the others done. What was put before is taken out here.
  ///
  /// KEYS  lists
  /// ARGV  how many messages are for each list   then the messages, list by list
  static let push = RedisScript(
    "push",
    """
    local from = #KEYS + 1
    for i = 1, #KEYS do
      for j = from, from + ARGV[i] - 1 do
        local pushed = redis.pcall('LPUSH', KEYS[i], ARGV[j])
        if type(pushed) == 'table' then
          for _ = from, j - 1 do redis.call('LPOP', KEYS[i]) end
          for k = 1, i - 1 do
            for _ = 1, ARGV[k] do redis.call('LPOP', KEYS[k]) end
          end
          return pushed
        end
      end
      from = from + ARGV[i]
    end
    return from - #KEYS - 1
    """)
}
