-- Each request debits another wallet under a key of its own.
local wallets = {}
local token = nil
local n = 0
math.randomseed(os.time())
local run = math.random(1, 1e9)

function init(args)
  token = args[1]
  for i = 2, #args do wallets[#wallets + 1] = args[i] end
end

function request()
  n = n + 1
  local path = "/billing/v1/wallets/" .. wallets[n % #wallets + 1] .. "/debit"
  local headers = {
    ["content-type"] = "application/json",
    ["authorization"] = "Bearer " .. token,
    ["idempotency-key"] = run .. "-" .. n,
  }
  return wrk.format("POST", path, headers, '{"amount":"0.01"}')
end
