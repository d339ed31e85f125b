-- Halves the rate, as the API said that the account calls too much.
--
-- KEYS  the budget
-- ARGV  the full rate, the size of the bucket
-- Returns 0 and the part.

-- Calls that were under way when the API first said no, say no more than that.
local grace = 1000000

if budget.part == 1 or now - budget.changed >= grace then
  budget.part = math.max(budget.part / 2, slowest, math.min(slowestCalls / full, 1))
  budget.changed = now
end
keep()
return answer(0)
