-- Writes each value unless somebody else wrote it since it was read.
--
-- KEYS  the values
-- ARGV  length of a revision, then for each value: the revision it had, what to write, milliseconds to keep it,
--       and 1 to write it whatever is there
-- Returns for each value what is there instead, or nothing if it was written.

local length = tonumber(ARGV[1])
local found = {}
for i, key in ipairs(KEYS) do
  local revision, data, lasts, unconditional = unpack(ARGV, 4 * i - 2, 4 * i + 1)
  -- An error is another type, which SET replaces.
  local there = redis.pcall('GET', key)
  if unconditional == '1' or type(there) ~= 'string' or string.sub(there, 1, length) == revision then
    redis.call('SET', key, data, 'PX', lasts)
    found[i] = false
  else
    found[i] = there
  end
end
return found
