package plugin

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/stretchr/testify/require"
)

// screen is what somebody has Grafana ask again and again: a dashboard, or an alert rule.
type screen struct {
	name  string
	alert bool
	every time.Duration
	// phase is when in that time it asks.
	phase time.Duration
	// requests are one for each panel.
	requests [][]*asked
}

// asked is a query of a screen.
type asked struct {
	refID, text string
	queryModel
	// back and until are how long before now its range begins and ends.
	back, until time.Duration
	interval    time.Duration
	points      int64
	alert       bool
	series      []truthSeries
	// looked is the last moment that the ideal calls were counted for.
	looked int64
}

// query is what Grafana sends of it at a moment.
func (a *asked) query(now time.Time) backend.DataQuery {
	return backend.DataQuery{
		RefID: a.refID, JSON: []byte(a.text), Interval: a.interval, MaxDataPoints: a.points,
		TimeRange: backend.TimeRange{From: now.Add(-a.back), To: now.Add(-a.until)},
	}
}

// newAsked reads the JSON of a query and looks its series up in the account's domains.
func newAsked(t testing.TB, refID string, model map[string]any, account []string) *asked {
	t.Helper()
	a := &asked{refID: refID, text: string(mustJSON(t, model))}
	var err error
	a.queryModel, err = parseQuery([]byte(a.text))
	require.NoError(t, err, a.text)
	names := a.Domains
	switch a.DomainMode {
	case modeAll:
		names = account
	case modeRegex:
		pattern := regexp.MustCompile(a.DomainPattern)
		names = slices.DeleteFunc(slices.Clone(account), func(name string) bool { return !pattern.MatchString(name) })
	}
	switch label := strings.Join(names, ","); {
	case a.MergeDomains && a.DomainMode == modeAll:
		a.series = []truthSeries{{"*", names}}
	case a.MergeDomains:
		a.series = []truthSeries{{label, names}}
	default:
		a.series = singles(names...)
	}
	return a
}

// shippedDashboard is a dashboard in provisioning/dashboards, as far as its queries go.
type shippedDashboard struct {
	Panels []struct {
		Type          string
		GridPos       struct{ W int }
		Interval      string
		TimeFrom      string
		MaxDataPoints int64
		Targets       []map[string]any
	}
}

// open is the dashboard as a browser asks for it that is 1600 pixels wide, over the last 24 hours; domains are what was
// chosen of the account, all of them if that is all.
func (d shippedDashboard) open(t testing.TB, name string, chosen, account []string) *screen {
	t.Helper()
	s := &screen{name: name, every: 30 * time.Second}
	for _, panel := range d.Panels {
		var request []*asked
		for _, target := range panel.Targets {
			model := maps.Clone(target)
			delete(model, "datasource")
			if len(chosen) == len(account) {
				model["domainMode"], model["domains"] = modeAll, []string{}
			} else {
				model["domains"] = chosen
			}
			if model["timeShift"] == "$compare" {
				model["timeShift"] = "1d"
			}
			a := newAsked(t, model["refId"].(string), model, account)
			a.back, a.points = 24*time.Hour, panel.MaxDataPoints
			if panel.TimeFrom != "" {
				back, err := gtime.ParseDuration(panel.TimeFrom)
				require.NoError(t, err)
				a.back = back
			}
			if a.points == 0 {
				a.points = int64(panel.GridPos.W) * 1600 / 24
			}
			a.interval = a.back / time.Duration(a.points)
			if panel.Interval == "$slice" {
				a.interval = max(a.interval, 5*time.Minute)
			}
			request = append(request, a)
		}
		if len(request) > 0 {
			s.requests = append(s.requests, request)
		}
	}
	return s
}

func readDashboard(t testing.TB, name string) (d shippedDashboard) {
	t.Helper()
	text, err := os.ReadFile("../../provisioning/dashboards/" + name + ".json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(text), "${filter:raw}", "")), &d))
	return d
}

// viewers are so many who look at the bundled dashboards. Of twelve, one has the overview of the whole account open and two
// that of a dozen domains; the others look at one domain each.
func viewers(t testing.TB, count int, account []string) (all []*screen) {
	overview, single := readDashboard(t, "origin-overview"), readDashboard(t, "one-domain")
	for i := range count {
		first := i * 7 % max(len(account)-12, 1)
		var s *screen
		switch i % 12 {
		case 0:
			s = overview.open(t, "overview", account, account)
		case 4, 8:
			s = overview.open(t, "overview of some", account[first:min(first+12, len(account))], account)
		default:
			s = single.open(t, "one domain", account[first:first+1], account)
		}
		s.phase = time.Duration(i) * 25 * time.Second / time.Duration(count)
		all = append(all, s)
	}
	return all
}

// watchers are so many alert rules, which are evaluated every minute: the shipped ones, as they are the first time, and from
// then on for a dozen domains each.
func watchers(t *testing.T, count int, account []string) (all []*screen) {
	rules := shippedRules(t)
	uids := slices.Sorted(maps.Keys(rules))
	for i := range count {
		rule := rules[uids[i%len(uids)]]
		s := &screen{name: rule.UID, alert: true, every: time.Minute, phase: time.Duration(i) * 50 * time.Second / time.Duration(count)}
		if s.phase%(30*time.Second) > 25*time.Second {
			s.phase -= 5 * time.Second // no one asks in the last seconds of a half minute
		}
		var request []*asked
		for _, data := range rule.Data {
			if data.DatasourceUID == "__expr__" {
				continue
			}
			var model map[string]any
			require.NoError(t, json.Unmarshal(data.Model, &model))
			if model["domainPattern"] = ".+"; i >= len(uids) {
				first := i * 11 % max(len(account)-12, 1)
				model["domainPattern"] = fmt.Sprintf("^(%s)$", strings.Join(account[first:min(first+12, len(account))], "|"))
			}
			a := newAsked(t, data.RefID, model, account)
			a.alert = true
			a.back, a.until = time.Duration(data.RelativeTimeRange.From)*time.Second, time.Duration(data.RelativeTimeRange.To)*time.Second
			a.interval, a.points = time.Second, 43_200
			request = append(request, a)
		}
		s.requests = [][]*asked{request}
		all = append(all, s)
	}
	return all
}
