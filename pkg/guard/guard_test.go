package guard_test

import (
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

func TestTogetherWaitsForAllAndPanicsWithTheFirstPanic(t *testing.T) {
	var ended atomic.Int32
	p := guard.Run(func() {
		guard.Together(10, 3, func(i int) {
			defer ended.Add(1)
			if i == 2 {
				_ = make([]int, 0)[i]
			}
		})
	})
	require.NotNil(t, p)
	assert.Equal(t, "runtime error: index out of range [2] with length 0", p.What, "a run-time error is told: it holds no data")
	assert.Contains(t, p.Stack, "TestTogetherWaitsForAll", "of the goroutine that panicked")
	assert.EqualValues(t, 10, ended.Load())
	guard.Together(0, 3, func(int) { t.Error("called") })
}

func TestOfAValueThatWasPanickedWithOnlyTheTypeIsTold(t *testing.T) {
	for want, value := range map[string]any{
		"a value of type string":              "secret",
		"a value of type *url.Error":          &url.Error{Op: "Get", URL: "https://secret", Err: errors.New("secret")},
		"a value of type struct { k string }": struct{ k string }{"secret"},
	} {
		p := guard.Run(func() { panic(value) })
		require.NotNil(t, p)
		assert.Equal(t, want, p.What)
		assert.NotContains(t, p.Stack, "secret")
	}
	assert.Nil(t, guard.Run(func() {}))
	var depth func(int)
	depth = func(n int) {
		if n == 0 {
			panic("deep down")
		}
		depth(n - 1)
	}
	p := guard.Run(func() { depth(1000) })
	assert.Equal(t, 64, strings.Count(p.Stack, "\n"), "a deep stack is cut")
}
