package sharedcache

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// Each script says what it takes and returns.
var (
	//go:embed scripts/beat.lua
	beatLua string
	//go:embed scripts/save.lua
	saveLua string
	//go:embed scripts/take.lua
	takeLua string
	//go:embed scripts/raise.lua
	raiseLua string
	//go:embed scripts/release.lua
	releaseLua string
	//go:embed scripts/budget.lua
	budgetLua string
	//go:embed scripts/turn.lua
	turnLua string
	//go:embed scripts/throttle.lua
	throttleLua string
)

var (
	beatScript     = redis.NewScript(beatLua)
	saveScript     = redis.NewScript(saveLua)
	takeScript     = redis.NewScript(takeLua)
	raiseScript    = redis.NewScript(raiseLua)
	releaseScript  = redis.NewScript(releaseLua)
	turnScript     = redis.NewScript(budgetLua + turnLua)
	throttleScript = redis.NewScript(budgetLua + throttleLua)
)
