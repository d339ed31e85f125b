-- Gives up the leases that are still the holder's.
--
-- KEYS  the leases
-- ARGV  the replica

for _, key in ipairs(KEYS) do
  local held = redis.pcall('GET', key)
  if type(held) == 'string' and string.sub(held, 2) == ARGV[1] then
    redis.call('DEL', key)
  end
end
return 1
