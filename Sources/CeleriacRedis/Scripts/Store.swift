extension RedisScript {
  /// Lua for the scripts that store results: whether a record, as `GET` has it, is that of a success.
  ///
  /// Records begin with their status, by whomever they are written; of any other the whole is read, but
  /// only where it can be one.
  static let recordFunction = """
    local function hasSucceeded(record)
      if type(record) ~= 'string' then return false end
      local status = string.match(record, '^%s*{%s*"status"%s*:%s*"(%a*)"')
      if status then return status == 'SUCCESS' end
      if not string.find(record, '"SUCCESS"', 1, true) then return false end
      local isRead, fields = pcall(cjson.decode, record)
      return isRead and type(fields) == 'table' and fields.status == 'SUCCESS'
    end

    """

  /// Stores and publishes a result, unless the call has succeeded before.
  ///
  /// KEYS  1 result
  /// ARGV  1 seconds   2 record
  /// Reply 1, or 0 where a success was left as it is
  static let store = RedisScript(
    "store",
    recordFunction + """
      if hasSucceeded(redis.pcall('GET', KEYS[1])) then return 0 end
      redis.call('SETEX', KEYS[1], ARGV[1], ARGV[2])
      redis.call('PUBLISH', KEYS[1], ARGV[2])
      return 1
      """)
}
