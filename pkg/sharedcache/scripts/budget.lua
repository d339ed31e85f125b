-- The account's call budget, a token bucket: what turn.lua and throttle.lua, which it stands before, have in common.
--
-- KEYS[1] is a hash of
--   tokens, at       calls that could be made at once at a time
--   part, changed    which part of the full rate the API lets pass, and when that changed
--   urgent, other    until when one that is urgent, or another, is waiting
--   row              how many urgent ones went in a row
-- ARGV[1] and ARGV[2] are the full rate, in calls a second, and the size of the bucket. Times are microseconds of the
-- server's clock.

local recoverAfter, recoverStep = 5000000, 1 / 10
local slowest, slowestCalls = 1 / 64, 0.2
local forget = 3600000 -- milliseconds

local full, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local names = {'tokens', 'at', 'part', 'changed', 'urgent', 'other', 'row'}
local fields = redis.pcall('HMGET', KEYS[1], unpack(names))
if fields.err then
  redis.call('DEL', KEYS[1]) -- another type
  fields = {}
end

-- number is a field, or what to go by where somebody else wrote what cannot be.
local function number(i, low, high, otherwise)
  local n = tonumber(fields[i] or '')
  if n and n >= low and n <= high then
    return n
  end
  return otherwise
end

local budget = {
  -- Not a full bucket: whoever wipes the server would hand out one.
  tokens = number(1, 0, 1e6, 1),
  at = number(2, 0, now, now),
  part = number(3, slowest, 1, 1),
  changed = number(4, 0, now, now),
  -- Who waits is never told to come back later than the slowest rate has it.
  urgent = number(5, 0, now + 2 * recoverAfter, 0),
  other = number(6, 0, now + 2 * recoverAfter, 0),
  row = number(7, 0, 3, 0),
}

if budget.part < 1 then
  local steps = math.floor((now - budget.changed) / recoverAfter)
  budget.part = math.min(budget.part + steps * recoverStep, 1)
  budget.changed = budget.changed + steps * recoverAfter
end

local interval = 1000000 / math.max(full * budget.part, math.min(full, slowestCalls))
budget.tokens = math.min(budget.tokens + (now - budget.at) / interval, burst)
budget.at = now

local function keep()
  local all = {}
  for _, name in ipairs(names) do
    all[#all + 1] = name
    all[#all + 1] = string.format('%.17g', budget[name])
  end
  redis.call('HSET', KEYS[1], unpack(all))
  redis.call('PEXPIRE', KEYS[1], forget)
end

local function answer(wait)
  return {math.ceil(wait), string.format('%.17g', budget.part)}
end
