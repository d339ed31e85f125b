package plugin

import (
	"slices"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzParseQuery(f *testing.F) {
	for _, query := range []string{
		``, `null`, `[]`, `{}`, `{"domains":["www.example.com"," WWW.example.com ","*.a.com"],"unit":"bytes","legendFormat":"{{domain}} {{x}}"}`,
		`{"queryType":"originStatus","statusBy":"code","statusCodes":["5XX ","404"],"unit":"percent","topN":5}`,
		`{"queryType":"hitRatio","timeShift":"1w","onForbidden":"notice","domainMode":"all","mergeDomains":true}`,
		`{"domainMode":"regex","domainPattern":"^(img|api)\\.","granularity":"1h","timeMerge":"off","gapFill":"zero","provisional":"show"}`,
		`{"timeShift":"9223372036854775807w","topN":-1,"statusCodes":["6000"],"unit":"miles"}`,
	} {
		f.Add([]byte(query))
	}
	f.Fuzz(func(t *testing.T, query []byte) {
		q, err := parseQuery(query)
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		require.Contains(t, queryTypes, q.QueryType)
		require.Same(t, queryTypes[q.QueryType], q.metric)
		require.Contains(t, q.metric.Units, q.Unit)
		require.Contains(t, units, q.Unit)
		require.Contains(t, domainModes, q.DomainMode)
		require.Contains(t, timeMerges, q.TimeMerge)
		require.Contains(t, granularities, q.Granularity)
		require.Contains(t, gapFills, q.GapFill)
		require.Contains(t, provisional, q.Provisional)
		require.Contains(t, statusBys, q.StatusBy)
		require.Contains(t, onForbidden, q.OnForbidden)
		require.True(t, 0 <= q.TopN && q.TopN <= maxTop)
		require.True(t, 0 <= q.shift && q.shift <= maxShift)
		for _, code := range q.StatusCodes {
			require.Regexp(t, `^[1-9](xx|[0-9]{2})$`, code)
		}
		if q.DomainMode == modeList {
			require.Len(t, slices.Compact(slices.Sorted(slices.Values(q.Domains))), len(q.Domains), "each once")
		}

		// What has been read reads the same once more, and can be used.
		again, err := parseQuery(mustJSON(t, q))
		require.NoError(t, err)
		require.Equal(t, q, again)
		q.legend(data.Labels{"domain": "www.example.com", q.StatusBy: "5xx"})
		_, kept := q.codeGroups()(0)
		require.Equal(t, len(q.StatusCodes) == 0, kept)
	})
}
