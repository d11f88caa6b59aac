-- What wrk sends. Arguments: KIND FILE START
--   get       FILE holds the request's headers, one a line
--   household FILE describes the form (see bodies.py); household START + thread, then every
--             THREADS-th: no two requests of a run are alike
--   list      FILE holds one body a line, sent in turn

local ids = 0

function setup(thread)
  thread:set("id", ids)
  ids = ids + 1
  threads = ids
  thread:set("first", ids == 1)
  all = all or {}
  all[ids] = thread
  for _, each in ipairs(all) do each:set("threads", ids) end
end

local next_request

local function lines_of(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

-- As the proxy before the portal names it: people of many addresses, each its own by number.
local function address(number)
  return "10." .. math.floor(number / 65536) % 256 .. "." .. math.floor(number / 256) % 256
    .. "." .. number % 256
end

local function post(body, number)
  return wrk.format("POST", nil, {
    ["Host"] = wrk.headers["Host"],
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["X-Forwarded-For"] = address(number),
  }, body)
end

local function get_requests(path)
  local headers = { ["Host"] = wrk.headers["Host"], ["X-Forwarded-For"] = address(id) }
  for _, line in ipairs(lines_of(path)) do
    local name, value = line:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  local request = wrk.format("GET", nil, headers)
  return function() return request end
end

local function list_requests(path)
  local bodies = lines_of(path)
  local at = id
  return function()
    at = at + threads
    return post(bodies[at % #bodies + 1], at)
  end
end

local function household_requests(path, start)
  local form = dofile(path)
  local number = start + id
  local floor, pad = math.floor, string.format
  return function()
    local n = number
    number = number + threads
    local serial = form.first_serial + n % form.serials
    local prefix = form.prefixes[floor(n / form.serials) % #form.prefixes + 1]
    local days = floor(n / (form.serials * #form.prefixes))
    local day, month = 1 + days % 28, 1 + floor(days / 28) % 12
    local values = {
      day = day,
      month = month,
      kelurahan = form.kelurahan[n % #form.kelurahan + 1],
      rt = 1 + floor(n / #form.kelurahan) % form.rts,
      rw = 1 + floor(n / (#form.kelurahan * form.rts)) % form.rws,
    }
    for name, born in pairs(form.numbers) do
      values[name] = prefix .. pad("%02d%02d%02d%04d", day + born[1], month, born[2], serial)
    end
    local parts = { form.segments[1] }
    for i, slot in ipairs(form.slots) do
      parts[2 * i] = values[slot]
      parts[2 * i + 1] = form.segments[i + 1]
    end
    return post(table.concat(parts), n)
  end
end

function init(args)
  local kind, path, start = args[1], args[2], tonumber(args[3] or "0")
  if kind == "get" then
    next_request = get_requests(path)
  elseif kind == "list" then
    next_request = list_requests(path)
  elseif kind == "household" then
    next_request = household_requests(path, start)
  else
    error("unknown kind of request: " .. tostring(kind))
  end
end

function request()
  return next_request()
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'fmotm-bench {"requests":%d,"duration":%d,"bytes":%d,"connect":%d,"read":%d,"write":%d,'
      .. '"status":%d,"timeout":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes, errors.connect, errors.read, errors.write,
    errors.status, errors.timeout, latency:percentile(99)))
end
