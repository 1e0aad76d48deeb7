extension RedisScript {
  /// Lua for the scripts that begin and end loans: shows what is on loan where Celery's workers look for
  /// the messages of the dead.
  ///
  ///     loan:{worker}:{batch}[index]  ◄──►  unacked[field] = [message, "", queue]
  ///                                         unacked_index[field] = s, when it was last known to be on loan
  ///
  /// Whoever takes the entry away owns the message: a worker of Celery's does it to restore one whose time
  /// in the index is older than its `visibility_timeout`, this one when the loan ends. The entry's field is
  /// the loan's name, not the message's tag: copies of a message share their tag, and keep it when they are
  /// restored and taken again.
  ///
  /// The message is carried as it is. What Celery's workers could not restore, or not read afterwards, is
  /// not shown. The exchange is the anonymous one, so a message comes back into the list that it was taken
  /// from, whatever bindings there are.
  ///
  /// A batch to wait with is registered with a zero byte before its list: what BLMOVE brings into it is not
  /// shown until it is adopted.
  static let visibilityFunctions = """
    local function isRestorable(message)
      local isRead, envelope = pcall(cjson.decode, message)
      if not isRead or type(envelope) ~= 'table' then return false end
      local headers, properties = envelope.headers, envelope.properties
      if type(headers) ~= 'table' or type(properties) ~= 'table' then return false end
      local info = properties.delivery_info
      return type(envelope.body) == 'string' and type(headers.id) == 'string'
        and type(properties.delivery_tag) == 'string'
        and type(info) == 'table' and type(info.routing_key) == 'string'
    end
    local function fieldOf(worker, batch, index)
      return 'celeriac:' .. worker .. ':' .. batch .. ':' .. index
    end
    local function queueOf(list)
      return string.match(list, '^celeriac:suspects:%d:(.*)$') or string.match(list, '^[^\\6]*')
    end
    local function seconds()
      local time = redis.call('TIME')
      return time[1] .. '.' .. string.format('%06d', time[2])
    end
    local function show(field, message, list)
      if not isRestorable(message) then return end
      redis.call('HSET', 'unacked', field,
        '[' .. message .. ', "", ' .. cjson.encode(queueOf(list)) .. ']')
      redis.call('ZADD', 'unacked_index', seconds(), field)
    end
    -- Whether nobody else has restored a message.
    local function isKept(field, message)
      return redis.call('HEXISTS', 'unacked', field) == 1 or not isRestorable(message)
    end
    -- Comes last in what belongs together, so a refusal must not undo the half of it.
    local function hide(field)
      redis.pcall('HDEL', 'unacked', field)
      redis.pcall('ZREM', 'unacked_index', field)
    end

    """

  /// Shows the message that a wait has brought.
  ///
  /// KEYS  1 loans
  /// ARGV  1 worker   2 batch
  /// Reply 1, or 0 where the message is not there any more; an error `FENCED` when the worker's lease has
  ///       run out and its loans are gone
  static let adopt = RedisScript(
    "adopt",
    visibilityFunctions + """
      if redis.call('HEXISTS', KEYS[1], 'live') == 0 then
        return redis.error_reply('FENCED the lease has run out')
      end
      local list = redis.call('HGET', KEYS[1], ARGV[2])
      local message = list and redis.call('LINDEX', 'celeriac:loan:' .. ARGV[1] .. ':' .. ARGV[2], 0)
      if not message then return 0 end
      list = string.gsub(list, '^%z', '')
      redis.call('HSET', KEYS[1], ARGV[2], list)
      show(fieldOf(ARGV[1], ARGV[2], 0), message, list)
      return 1
      """)

  /// Tells Celery's workers that loans run on, and ends those that they have restored nevertheless.
  ///
  ///     unacked_index[field] = now, if it is there
  ///
  /// KEYS  1 loans
  /// ARGV  1 worker   2 tombstone   then for each loan its batch and index
  /// Reply the places, from 0, of loans that others have restored; nothing where the lease has run out
  static let showOn = RedisScript(
    "show on",
    visibilityFunctions + """
      local restored = {}
      if redis.call('HEXISTS', KEYS[1], 'live') == 0 then return restored end
      local now = seconds()
      for i = 3, #ARGV, 2 do
        local field = fieldOf(ARGV[1], ARGV[i], ARGV[i + 1])
        if redis.call('HEXISTS', 'unacked', field) == 1 then
          redis.call('ZADD', 'unacked_index', 'XX', now, field)
        else
          local key = 'celeriac:loan:' .. ARGV[1] .. ':' .. ARGV[i]
          local message = redis.call('LINDEX', key, ARGV[i + 1])
          if message and message ~= ARGV[2] and isRestorable(message) then
            redis.call('LSET', key, ARGV[i + 1], ARGV[2])
            restored[#restored + 1] = (i - 3) / 2
          end
        end
      end
      return restored
      """)
}
