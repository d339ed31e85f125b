package plugin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// spent are the calls that the API received, how often each: its operation, domains and span.
func (l *lab) spent() map[string]int {
	spent := map[string]int{}
	for _, call := range l.sim.Calls() {
		clock := func(name string) string {
			_, of, _ := strings.Cut(call.Params[name], "T")
			return of[:len("11:00")]
		}
		spent[fmt.Sprintf("%s %s %s-%s", call.Operation, call.Params["DomainName"], clock("StartTime"), clock("EndTime"))]++
	}
	return spent
}

// ideal are the least calls for some metrics of some domains: one for each operation, whatever uses it, and domain.
func ideal(metrics, domains []string, span string) map[string]int {
	least := map[string]int{}
	for _, metric := range metrics {
		for _, operation := range strings.Split(metricTruths[metric].operation, ",") {
			for _, domain := range domains {
				least[fmt.Sprintf("%s %s %s", operation, domain, span)] = 1
			}
		}
	}
	return least
}

func everyMetric() []string { return slices.Sorted(maps.Keys(metricTruths)) }

func TestWhatOneMetricFetchedAnotherUses(t *testing.T) {
	domains := []string{"www.example.com", "img.example.com", "api.example.com"}
	for name, c := range map[string]struct {
		first []string
		then  string
		// more are the operations that are still to be called.
		more []string
	}{
		"an origin share beside both its flows":             {[]string{"originFlow", "edgeFlow"}, "originShare", nil},
		"an edge flow beside an origin share":               {[]string{"originShare"}, "edgeFlow", nil},
		"an origin flow beside an origin share":             {[]string{"originShare"}, "originFlow", nil},
		"a hit ratio beside an origin share":                {[]string{"originShare"}, "hitRatio", []string{"DescribeDomainHitRateData"}},
		"a hit ratio of requests beside requests":           {[]string{"edgeRequests"}, "requestHitRatio", []string{"DescribeDomainReqHitRateData"}},
		"a hit ratio of requests beside origin requests":    {[]string{"originRequests"}, "requestHitRatio", []string{"DescribeDomainReqHitRateData", "DescribeDomainQpsData"}},
		"an edge flow beside an origin flow":                {[]string{"originFlow"}, "edgeFlow", []string{edge}},
		"status codes beside requests":                      {[]string{"edgeRequests", "originRequests"}, "edgeStatus", []string{"DescribeDomainHttpCodeData"}},
		"status codes of the edge beside those of origins":  {[]string{"originStatus"}, "edgeStatus", []string{"DescribeDomainHttpCodeData"}},
		"an origin share beside all that there is but that": {slices.DeleteFunc(everyMetric(), func(m string) bool { return m == "originShare" }), "originShare", nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
			ask := func(metric string) {
				l.frames(hour(fmt.Sprintf(`{"queryType":%q,"domains":["%s"]}`, metric, join(domains))))
			}
			for _, metric := range c.first {
				ask(metric)
			}
			require.Equal(t, ideal(c.first, domains, "11:00-11:50"), l.spent())
			l.sim.Reset()
			ask(c.then)
			want := map[string]int{}
			for _, operation := range c.more {
				for _, domain := range domains {
					want[fmt.Sprintf("%s %s 11:00-11:50", operation, domain)] = 1
				}
			}
			assert.Equal(t, want, l.spent())
		})
	}
}

func TestOtherViewsOfAMetricCostNothing(t *testing.T) {
	for metric, m := range metricTruths {
		t.Run(metric, func(t *testing.T) {
			l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
			l.frames(hour(`{"queryType":"` + metric + `","domains":["www.example.com","img.example.com"]}`))
			l.sim.Reset()
			views := []string{
				`"topN":1`, `"gapFill":"null"`, `"legendFormat":"{{metric}}"`, `"onForbidden":"notice"`, `"statusBy":"code"`,
				`"statusCodes":["5xx"]`, `"statusBy":"code","statusCodes":["404","418"]`,
			}
			for _, unit := range m.units {
				views = append(views, `"unit":"`+unit+`"`)
			}
			for _, view := range views {
				l.frames(hour(`{"queryType":"` + metric + `","domains":["www.example.com","img.example.com"],` + view + `}`))
				assert.Empty(t, l.sim.Calls(), view)
			}
		})
	}
}

// TestManyAtOnceCostWhatOneDoes has ten viewers and five alert rules look at a dashboard of every metric.
func TestManyAtOnceCostWhatOneDoes(t *testing.T) {
	domains := []string{"www.example.com", "img.example.com"}
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
	atOnce := func(from, to time.Duration) {
		t.Helper()
		var group errgroup.Group
		for viewer := range 15 {
			q := question{query: `{}`, from: from, to: to, points: 1000, alert: viewer >= 10}
			request := l.request(q)
			request.Queries = nil
			for i, metric := range everyMetric() {
				query := l.request(q).Queries[0]
				query.RefID = string(rune('A' + i))
				query.JSON = []byte(fmt.Sprintf(`{"queryType":%q,"domains":["%s"]}`, metric, join(domains)))
				request.Queries = append(request.Queries, query)
			}
			group.Go(func() error {
				response, err := l.source.QueryData(t.Context(), request)
				if err != nil {
					return err
				}
				for refID, answer := range response.Responses {
					if answer.Error != nil || answer.Status != backend.StatusOK || len(answer.Frames) < len(domains) {
						return fmt.Errorf("%s: %d %w", refID, answer.Status, answer.Error)
					}
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
	}
	// The first look at a range that is final, which no evaluation moves.
	atOnce(67*time.Minute, 17*time.Minute)
	assert.Equal(t, ideal(everyMetric(), domains, "11:00-11:50"), l.spent())
	l.sim.Reset()
	atOnce(67*time.Minute, 17*time.Minute)
	assert.Empty(t, l.sim.Calls())

	// Every five minutes a slice is new, and one call of each operation and domain is enough for all who look.
	for range 3 {
		l.later(5 * time.Minute)
		l.sim.Reset()
		atOnce(30*time.Minute, 0)
		count := map[string]int{}
		for _, call := range l.sim.Calls() {
			count[call.Operation+" "+call.Params["DomainName"]+" "]++
		}
		assert.Equal(t, ideal(everyMetric(), domains, ""), count)
	}
}
