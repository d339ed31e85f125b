package plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// panel is a panel of a bundled dashboard: its queries, as they are sent with a choice of the variables.
type panel struct {
	Title         string
	MaxDataPoints int64
	Targets       []map[string]any
}

// panelsOf reads a bundled dashboard. No domain is all of them.
func panelsOf(t *testing.T, dashboard, domain string) (panels []panel) {
	t.Helper()
	text, err := os.ReadFile("../../provisioning/dashboards/" + dashboard + ".json")
	require.NoError(t, err)
	var content struct{ Panels []panel }
	require.NoError(t, json.Unmarshal([]byte(strings.NewReplacer("${filter:raw}", "", "$compare", "1d").Replace(string(text))), &content))
	for _, p := range content.Panels {
		for _, target := range p.Targets {
			if domain == "" {
				target["domainMode"] = "all"
			}
			target["domains"] = []string{domain}
		}
		if len(p.Targets) > 0 {
			panels = append(panels, p)
		}
	}
	return panels
}

// ask sends the queries of a panel, for the last day.
func (p panel) ask(t *testing.T, l *lab) map[string]backend.DataResponse {
	points := cmp.Or(p.MaxDataPoints, 1000)
	request := l.request(question{query: `{}`, from: 24 * time.Hour, points: points, interval: 24 * time.Hour / time.Duration(points)})
	query := request.Queries[0]
	request.Queries = nil
	for _, target := range p.Targets {
		query.RefID = target["refId"].(string)
		query.JSON = mustJSON(t, target)
		request.Queries = append(request.Queries, query)
	}
	response, err := l.source.QueryData(context.Background(), request)
	require.NoError(t, err)
	return response.Responses
}

// unfinished are the notices that a refresh goes on.
func unfinished(frames data.Frames) (notices []string) {
	for _, text := range noticesOf(frames) {
		if strings.Contains(text, "Each refresh goes on") {
			notices = append(notices, text)
		}
	}
	return notices
}

// TestTheBundledDashboardsWorkOnAccountsOfAnySize opens them as Grafana does, all panels at once and every half a minute, with
// the usual budget: no panel fails, those of all domains together are there at the first look, and the others soon after.
func TestTheBundledDashboardsWorkOnAccountsOfAnySize(t *testing.T) {
	for name, c := range map[string]struct {
		dashboard, domain string
		domains           []cdnsim.Domain
		looks, most       int
	}{
		"the overview of 12":      {"origin-overview", "", cdnsim.DemoDomains(), 1, 160},
		"the overview of 600":     {"origin-overview", "", cdnsim.HeavyDomains(600), 2, 450},
		"the overview of 1,200":   {"origin-overview", "", cdnsim.HeavyDomains(1200), 3, 550},
		"the overview of 5,000":   {"origin-overview", "", cdnsim.HeavyDomains(5000), 3, 600},
		"one domain of 5,000":     {"one-domain", "shop-00001.example.com", cdnsim.HeavyDomains(5000), 1, 30},
		"the overview of nothing": {"origin-overview", "", []cdnsim.Domain{}, 1, 30},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setup{api: cdnsim.Options{Domains: c.domains, Latency: 100 * time.Millisecond}}, func(l *lab) {
				panels := panelsOf(t, c.dashboard, c.domain)
				waiting := len(panels)
				for look := 1; waiting > 0; look++ {
					require.LessOrEqual(t, look, c.looks)
					began := time.Now()
					var mu sync.Mutex
					var group sync.WaitGroup
					waiting = 0
					for _, p := range panels {
						group.Go(func() {
							late := false
							for refID, answer := range p.ask(t, l) {
								assert.NoError(t, answer.Error, "%s %s", p.Title, refID)
								late = late || len(unfinished(answer.Frames)) > 0
							}
							if mu.Lock(); late {
								waiting++
								assert.NotEqual(t, true, p.Targets[0]["mergeDomains"], p.Title)
							}
							mu.Unlock()
						})
					}
					group.Wait()
					t.Logf("look %d: %s, %d calls, %d of %d panels go on", look, time.Since(began), len(l.sim.Calls()), waiting, len(panels))
					assert.Less(t, time.Since(began), patience+2*time.Second)
					time.Sleep(30*time.Second - time.Since(began))
					l.later(30 * time.Second)
				}
				assert.LessOrEqual(t, len(l.sim.Calls()), c.most)
			})
		})
	}
}
