package plugin

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// obstacles are what may stand between Grafana and the API, by the failure's row among those of secrets_test.go.
var obstacles = map[string]string{
	"a certificate that nobody signed": "failure.certificate",
	"no TLS":                           "failure.noTLS",
	"a proxy where nobody listens":     "failure.proxy",
	"a name that does not exist":       "failure.unknownHost",
	"an address where nobody listens":  "failure.unreachable",
}

func TestWhatStandsBetweenGrafanaAndTheAPIIsNamed(t *testing.T) {
	for name, key := range obstacles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, leaks[name])
			ctx, cancel := context.WithTimeout(l.Context(), 5*time.Second)
			defer cancel()
			response := l.askWithin(ctx, hour(one))
			require.Error(t, response.Error)
			assert.Contains(t, response.Error.Error(), l.source.words.Say(key, nil))
		})
	}
}
