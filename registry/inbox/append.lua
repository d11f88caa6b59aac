#!lua flags=no-cluster
-- Appends one application: all of it or nothing, in one round trip.
-- Without the flag allow-oom the server refuses the whole script when it is full.
--
-- KEYS  1 stream, 2 pending marks of the NIK, 3 counter of the NIK, 4 halted, 5 periods,
--       6 ticket (only when one was given)
-- ARGV  1 entry, 2 mark, 3 period, 4 applications of a NIK that are free, 5 seconds they are
--       counted, 6 seconds a used ticket is remembered
-- Gives {'accepted', stream id, flooded 0|1}, {'halted', reason}, {'closed', reason} or {'slow'}.

local halted = redis.call('GET', KEYS[4])
if halted then
  return {'halted', halted}
end

-- The server's clock decides, one for all: phones and portals may be wrong.
local period = redis.call('HGET', KEYS[5], ARGV[3])
local opens, closes, grace
if period then
  opens, closes, grace = string.match(period, '^(%-?%d+) (%-?%d+) (%d+) ')
end
if not opens then
  return {'closed', 'unknown'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now < tonumber(opens) then
  return {'closed', 'not_yet'}
end
if now >= tonumber(closes) + tonumber(grace) then
  return {'closed', 'over'}
end

-- The same application again, while it still waits, is a phone that did not hear the answer.
local flooded = 0
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 0 then
  if tonumber(redis.call('GET', KEYS[3]) or '0') < tonumber(ARGV[4]) then
    if redis.call('INCR', KEYS[3]) == 1 then
      redis.call('EXPIRE', KEYS[3], ARGV[5])
    end
  else
    -- A ticket is good for one application; for that one again, whose answer may have been lost.
    if not KEYS[6] then
      return {'slow'}
    end
    if not redis.call('SET', KEYS[6], ARGV[2], 'NX', 'EX', ARGV[6])
      and redis.call('GET', KEYS[6]) ~= ARGV[2] then
      return {'slow'}
    end
    flooded = 1
  end
end

local id
if flooded == 1 then
  id = redis.call('XADD', KEYS[1], '0-*', 'e', ARGV[1], 'f', '1')
else
  id = redis.call('XADD', KEYS[1], '0-*', 'e', ARGV[1])
end
redis.call('SADD', KEYS[2], ARGV[2])
return {'accepted', id, flooded}
