-- Tells whether a call may be made now, and counts it.
--
-- KEYS  the budget, then the leases that the call is made under
-- ARGV  the full rate, the size of the bucket, 1 if it is urgent, the replica, milliseconds that a lease
--       lasts
-- Returns microseconds to wait before asking again, 0 for now and -1 for never, as a lease is lost; and the part.

local urgent, replica, lasts = ARGV[3] == '1', ARGV[4], ARGV[5]
local urgentInARow, late = 3, 100000

for i = 2, #KEYS do
  local held = redis.pcall('GET', KEYS[i])
  if type(held) ~= 'string' or string.sub(held, 2) ~= replica then
    return answer(-1)
  end
end

local class = urgent and 'urgent' or 'other'
local yields
if urgent then
  yields = budget.row >= urgentInARow and budget.other > now
else
  yields = budget.row < urgentInARow and budget.urgent > now
end

local wait = 0
if budget.tokens < 1 or yields then
  wait = math.max((1 - budget.tokens) * interval, yields and interval or 0)
  budget[class] = now + wait + late
else
  budget.tokens = budget.tokens - 1
  budget[class] = 0
  budget.row = urgent and math.min(budget.row + 1, urgentInARow) or 0
  for i = 2, #KEYS do
    redis.call('SET', KEYS[i], '!' .. replica, 'PX', lasts)
  end
end
keep()
return answer(wait)
