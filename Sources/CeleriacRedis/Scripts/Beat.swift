import CeleriacCore

extension RedisScript {
  /// Reads the state of a periodic entry; the first reader with a schedule sets its anchor.
  ///
  /// KEYS  1 entry
  /// ARGV  1 schedule   2 where it begins unless it is in use, ms
  /// Reply anchor, ms;   last fired instant of the entry, ms, or ''
  static let beatState = RedisScript(
    "beat state",
    useOfSchedule + """
      return {anchor, last or ''}
      """)

  /// Sends the message of a periodic entry, unless this instant, or a later one, was fired before.
  ///
  ///     entry.last = due      message ──► list
  ///
  /// Both or neither: with any number of beats, each instant is fired once, also by beats that
  /// know different schedules for the entry.
  ///
  /// KEYS  1 entry   2 list
  /// ARGV  1 schedule   2 due, ms   3 message
  /// Reply 1 when it was fired, 0 when somebody else was first
  static let fire = RedisScript(
    "fire",
    useOfSchedule + """
      if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
      redis.call('LPUSH', KEYS[2], ARGV[3]) -- may be refused, and ends the script then
      redis.call('HSET', KEYS[1], 'last', ARGV[2])
      return 1
      """)

  /// Notes that a schedule is in use; gives it an anchor if it is new or has been out of use.
  ///
  ///     anchor:{schedule}  used:{schedule}     of the four used last
  ///
  /// Defines `anchor` and `last` for what follows it.
  private static let useOfSchedule = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local fields = redis.call('HGETALL', KEYS[1])
    local anchor, last
    local own, latest, others = nil, 0, {}
    for i = 1, #fields, 2 do
      local schedule = string.match(fields[i], '^used:(.*)$')
      if schedule == ARGV[1] then
        own = tonumber(fields[i + 1])
      elseif schedule then
        local used = tonumber(fields[i + 1])
        others[#others + 1] = {schedule, used}
        latest = math.max(latest, used)
      elseif fields[i] == 'anchor:' .. ARGV[1] then
        anchor = fields[i + 1]
      elseif fields[i] == 'last' then
        last = fields[i + 1]
      end
    end
    if not (anchor and own) or latest > own + \(Int(BeatState.disuse / .milliseconds(1))) then
      anchor = ARGV[2]
    end
    table.sort(others, function(a, b) return a[2] > b[2] end)
    for i = \(BeatState.schedulesKept), #others do
      redis.call('HDEL', KEYS[1], 'anchor:' .. others[i][1], 'used:' .. others[i][1])
    end
    redis.call('HSET', KEYS[1], 'anchor:' .. ARGV[1], anchor,
      'used:' .. ARGV[1], string.format('%d', now))
    redis.call('EXPIRE', KEYS[1], 34560000)

    """
}
