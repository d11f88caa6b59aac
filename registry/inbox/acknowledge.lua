#!lua flags=allow-oom,no-cluster
-- Lets go of entries, all at once: entry, mark, and the count of attempts.
-- A script and no MULTI, because a full Redis 7 refuses to queue even what would empty it.
--
-- KEYS  1 stream, 2 attempts, then the pending marks of each entry's NIK
-- ARGV  1 group, then for each entry its number and its mark

for i = 3, #KEYS do
  local number, mark = ARGV[2 * i - 4], ARGV[2 * i - 3]
  local id = '0-' .. number
  redis.call('XACK', KEYS[1], ARGV[1], id)
  redis.call('XDEL', KEYS[1], id)
  redis.call('SREM', KEYS[i], mark)
  redis.call('HDEL', KEYS[2], number)
end
