-- Takes all leases, or none if another holds one of them.
--
-- KEYS  the leases
-- ARGV  the replica that takes them, 1 if it is urgent, milliseconds that a lease lasts
-- Returns 1 if they were taken.
--
-- A lease is a mark and the replica that has it. One marked ? is taken over by whoever is urgent, one marked ! is not.

local replica, urgent, lasts = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3])
local marks = {}
for i, key in ipairs(KEYS) do
  marks[i] = urgent and '!' or '?'
  -- What is no lease, or stays for longer than one, somebody else put there: nobody would ever release it.
  local held = redis.pcall('GET', key)
  if type(held) == 'string' and string.sub(held, 2) == replica then
    marks[i] = urgent and '!' or string.sub(held, 1, 1)
  elseif type(held) == 'string' and #held == 1 + #replica then
    local left = redis.call('PTTL', key)
    local firm = string.sub(held, 1, 1) == '!'
    if left >= 0 and left <= lasts and (firm or not urgent) then
      return 0
    end
  end
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, marks[i] .. replica, 'PX', lasts)
end
return 1
