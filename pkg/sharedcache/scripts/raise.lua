-- Has nobody take over the leases any more.
--
-- KEYS  the leases
-- ARGV  the replica, milliseconds that a lease lasts

for _, key in ipairs(KEYS) do
  if redis.pcall('GET', key) == '?' .. ARGV[1] then
    redis.call('SET', key, '!' .. ARGV[1], 'PX', ARGV[2])
  end
end
return 1
