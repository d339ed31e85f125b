-- Says that a replica lives, keeps its leases, and tries whatever the other scripts need.
--
-- KEYS  the set of replicas, a key to try on, then the leases held
-- ARGV  the replica, milliseconds that it counts for, milliseconds that a lease lasts
-- Returns seconds and microseconds of the server's clock, the number of replicas, and for each lease 1 if it is lost.

local replicas, trial = KEYS[1], KEYS[2]
local replica, counts, lasts = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A command that this user may not run shows here, at once and for as long as it lasts, not now and then.
redis.call('SET', trial, '.', 'PX', counts)
redis.call('GET', trial)
redis.call('MGET', trial)
redis.call('PTTL', trial)
redis.call('DEL', trial)
redis.call('HSET', trial, '.', '.')
redis.call('HMGET', trial, '.')
redis.call('PEXPIRE', trial, counts)

if type(redis.pcall('ZCARD', replicas)) ~= 'number' then
  redis.call('DEL', replicas) -- another type
end
redis.call('ZADD', replicas, string.format('%.0f', now), replica)
redis.call('ZREMRANGEBYSCORE', replicas, '-inf', string.format('(%.0f', now - counts))
redis.call('ZREMRANGEBYSCORE', replicas, string.format('(%.0f', now), '+inf') -- would count for ever
redis.call('PEXPIRE', replicas, counts)

local lost = {}
for i = 3, #KEYS do
  local held = redis.pcall('GET', KEYS[i])
  if type(held) == 'string' and string.sub(held, 2) == replica then
    redis.call('PEXPIRE', KEYS[i], lasts)
    lost[i - 2] = 0
  else
    lost[i - 2] = 1
  end
end
return {tonumber(time[1]), tonumber(time[2]), redis.call('ZCARD', replicas), lost}
