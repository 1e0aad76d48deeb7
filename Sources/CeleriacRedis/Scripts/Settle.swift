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
  /// What one settlement needs may be refused: a key is of another type, or the user has not the right.
  /// That one is undone and its message stays on loan, its batch with it; the others are carried out.
  ///
  /// A server without memory refuses the first write of a script, unless it is one that only frees,
  /// and lets the others follow it. So the script begins with such a one, on a field that is never
  /// there: with settlements refused, memory would stay short.
  ///
  /// KEYS  1 loans   2 dead
  /// ARGV  1 worker   2 tombstone   then for each settlement: batch, index, how it ends
  ///       (`a`cknowledge, `r`equeue, `s`chedule, `d`ead), `1` when the batch is complete;
  ///       for `s`: key of the schedule, due in ms, message; for `d`: reason;
  ///       then the result: `-` for none; else `S` for a success or `O`, id, seconds, record.
  ///       Or for a run of successes of one batch that are acknowledged, where loans are not visible: batch,
  ///       how many, `A`, `1` when the batch is complete, seconds, then for each: index, id, record
  /// Reply the places, from 0, of settlements whose loan is no longer this worker's, and for one that is
  ///       refused an array of its place and why; an error `FENCED` when all loans are gone
  static let settle = RedisScript(
    "settle",
    visibilityFunctions + recordFunction + """
      local isLive, isVisible = unpack(redis.call('HMGET', KEYS[1], 'live', 'visible'))
      if not isLive then return redis.error_reply('FENCED the lease has run out') end
      redis.call('HDEL', KEYS[1], '')
      local worker, tombstone = ARGV[1], ARGV[2]

      local function refusal(reply) return type(reply) == 'table' and reply.err or nil end

      -- Returns why it is refused, or else the command that undoes it.
      local function move(kind, list, message, a, b, c)
        if kind == 'r' then
          return refusal(redis.pcall('RPUSH', list, message)), {'RPOP', list}
        elseif kind == 's' then
          local added = redis.pcall('ZADD', a, b, c)
          return refusal(added), added == 1 and {'ZREM', a, c}
        end
        local crashes, queue = string.match(list, '^celeriac:suspects:(%d):(.*)$')
        local letter = redis.pcall('XADD', KEYS[2], '*',
          'queue', queue or string.match(list, '^[^\\6]*'), 'reason', a, 'crashes', crashes or '0',
          'worker', redis.call('HGET', KEYS[1], 'name') or worker, 'message', message)
        return refusal(letter), {'XDEL', KEYS[2], letter}
      end

      local function store(kind, id, seconds, record)
        local meta = 'celery-task-meta-' .. id
        -- Whatever else the key may be is overwritten.
        if kind ~= 'S' and hasSucceeded(redis.pcall('GET', meta)) then return nil end
        -- Of the two, the right to publish is the one that is forgotten; it leaves nothing to undo.
        return refusal(redis.pcall('PUBLISH', meta, record))
          or redis.pcall('SETEX', meta, seconds, record).err
      end

      local known, closed, isClosed, kept, unsettled = {}, {}, {}, {}, {}

      -- An operator may have deleted the batch: then there is nothing to mark.
      local function mark(key, index)
        local refused = refusal(redis.pcall('LSET', key, index, tombstone))
        return refused and redis.call('EXISTS', key) == 1 and refused or nil
      end

      local function finish(key, batch, index, closes)
        if closes ~= '1' then return mark(key, index) end
        if not isClosed[batch] then
          isClosed[batch] = true
          closed[#closed + 1] = batch
        end
      end

      local function keep(batch, index, place, refused)
        kept[batch] = kept[batch] or {}
        kept[batch][index] = true
        unsettled[#unsettled + 1] = {place, refused}
      end

      local i, place = 3, 0
      local function settleRun(batch, count, closes, seconds)
        local key = 'celeriac:loan:' .. worker .. ':' .. batch
        local isThere = redis.call('HEXISTS', KEYS[1], batch) == 1
        for first = i + 5, i + 2 + 3 * count, 3 do
          local index = ARGV[first]
          local refused = isThere
            and (store('S', ARGV[first + 1], seconds, ARGV[first + 2])
              or finish(key, batch, index, closes))
          if refused then keep(batch, index, place, refused) end
          if not isThere then unsettled[#unsettled + 1] = place end
          place = place + 1
        end
        i = i + 5 + 3 * count
      end

      local function settleOne()
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
        local field = isVisible and fieldOf(worker, batch, index)
        local isShown = field and redis.call('HEXISTS', 'unacked', field) == 1
        local isKnown = kind == 'a' and (isShown or not isVisible)
        local message = known[batch] and (isKnown or redis.pcall('LINDEX', key, index))
        local refused, undo = not isKnown and refusal(message), nil
        if not message or message == tombstone then
          unsettled[#unsettled + 1] = place
        elseif isVisible and not isShown and not refused and isRestorable(message) then
          unsettled[#unsettled + 1] = place
          finish(key, batch, index, closes)
        else
          if not refused and kind ~= 'a' then
            refused, undo = move(kind, known[batch], message, a, b, c)
          end
          if not refused and ARGV[result] ~= '-' then
            refused = store(ARGV[result], ARGV[result + 1], ARGV[result + 2], ARGV[result + 3])
            if refused and undo then redis.pcall(unpack(undo)) end
          end
          refused = refused or finish(key, batch, index, closes)
          if isShown and not refused then hide(field) end
          if refused then keep(batch, index, place, refused) end
        end
        place = place + 1
      end

      while i <= #ARGV do
        if ARGV[i + 2] == 'A' then
          settleRun(ARGV[i], ARGV[i + 1], ARGV[i + 3], ARGV[i + 4])
        else
          settleOne()
        end
      end

      -- Of a batch that would be dropped, all other messages have ended.
      local keys, dropped = {}, {}
      for _, batch in ipairs(closed) do
        local key = 'celeriac:loan:' .. worker .. ':' .. batch
        if not kept[batch] then
          keys[#keys + 1], dropped[#dropped + 1] = key, batch
        else
          for index = 0, redis.call('LLEN', key) - 1 do
            if not kept[batch][tostring(index)] then mark(key, index) end
          end
        end
      end
      if #dropped > 0 then
        redis.call('UNLINK', unpack(keys))
        redis.call('HDEL', KEYS[1], unpack(dropped))
      end
      return unsettled
      """)
}
