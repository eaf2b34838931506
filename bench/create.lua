local n = 0
local seed = math.floor(os.time() * 1000) % 1000000000
request = function()
  n = n + 1
  local body = string.format('{"email":"c%d-%d@bench.example","name":"Bench %d","external_id":"x%d-%d","metadata":{"plan":"pro"}}', seed, n, n, seed, n)
  return wrk.format("POST", nil, { ["Authorization"] = wrk.headers["Authorization"], ["Content-Type"] = "application/json" }, body)
end
