package plugin

import (
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAnEvaluationSeesTheNewestFinalWindow(t *testing.T) {
	settled := noon.Add(-17 * time.Minute) // 11:50
	for name, c := range map[string]struct {
		question
		from, to time.Time
		length   time.Duration
	}{
		"the last ten minutes": {
			question{query: `{"domains":["www.example.com"]}`, from: 10 * time.Minute},
			settled.Add(-10 * time.Minute), settled, 5 * time.Minute,
		},
		"the last five minutes": {
			question{query: `{"domains":["www.example.com"]}`, from: 5 * time.Minute},
			settled.Add(-5 * time.Minute), settled, 5 * time.Minute,
		},
		"an hour, half of it final": {
			question{query: `{"domains":["www.example.com"]}`, from: time.Hour},
			settled.Add(-time.Hour), settled, 5 * time.Minute,
		},
		"an hour by the hour": {
			question{query: `{"domains":["www.example.com"],"granularity":"1h"}`, from: time.Hour},
			noon.Add(-127 * time.Minute), noon.Add(-67 * time.Minute), time.Hour,
		},
		"ten minutes that ended ten minutes ago": {
			question{query: `{"domains":["www.example.com"]}`, from: 20 * time.Minute, to: 10 * time.Minute},
			settled.Add(-10 * time.Minute), settled, 5 * time.Minute,
		},
		"an hour of yesterday": {
			question{query: `{"domains":["www.example.com"]}`, from: 25 * time.Hour, to: 24 * time.Hour},
			noon.Add(-25*time.Hour - 2*time.Minute), noon.Add(-24*time.Hour + 3*time.Minute), 5 * time.Minute,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{})
			c.alert = true
			frames := l.frames(c.question)
			require.Len(t, frames, 1)
			requireSlices(t, frames[0], []string{"www.example.com"}, c.from, c.to, c.length, 8)
			assert.Empty(t, noticesOf(frames))
		})
	}
}

func TestOnlyAnEvaluationMovesItsWindow(t *testing.T) {
	tenMinutes := question{query: `{"domains":["www.example.com"]}`, from: 10 * time.Minute}
	for name, headers := range map[string]map[string]string{
		"a panel": nil, "somebody who says no": {"FromAlert": "false"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{})
			request := l.request(tenMinutes)
			request.Headers = headers
			response, err := l.source.QueryData(t.Context(), request)
			require.NoError(t, err)
			frames := response.Responses["A"].Frames
			require.Len(t, frames, 1)
			assert.Empty(t, frames[0].Fields)
			assert.Contains(t, noticesOf(frames)[0], "up to 2024-05-15 11:50 UTC")
		})
	}
	t.Run("an evaluation that wants provisional slices", func(t *testing.T) {
		tenMinutes.query, tenMinutes.alert = `{"domains":["www.example.com"],"provisional":"show"}`, true
		f := newLab(t, setup{}).frames(tenMinutes)[0]
		assert.Equal(t, noon.Add(-12*time.Minute), f.Fields[0].At(0))
		assert.Equal(t, noon.Add(-2*time.Minute), f.Fields[0].At(f.Rows()-1))
	})
}

func TestSeriesComeInTheSameOrderFromOneEvaluationToTheNext(t *testing.T) {
	for name, query := range map[string]string{
		"list":  `{"domains":["www.example.com","api.example.com","img.example.com","docs.example.org"]}`,
		"regex": `{"domainMode":"regex","domainPattern":"example\\.(com|org)$"}`,
		"all":   `{"domainMode":"all"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
			evaluation := question{query: query, from: 10 * time.Minute, alert: true}
			first := labels(l.frames(evaluation))
			assert.Greater(t, len(first), 3)
			unique := map[string]bool{}
			for _, label := range first {
				unique[label] = true
			}
			assert.Len(t, unique, len(first), "each series has its own label")

			shuffled := cdnsim.DemoDomains()
			for round := range 3 {
				l.later(5 * time.Minute)
				shuffled[round], shuffled[len(shuffled)-1] = shuffled[len(shuffled)-1], shuffled[round]
				l.sim.SetDomains(shuffled)
				assert.Equal(t, first, labels(l.frames(evaluation)))
			}
		})
	}
}

// labels are the label domain of each frame.
func labels(frames data.Frames) []string {
	var names []string
	for _, f := range frames {
		names = append(names, f.Fields[1].Labels["domain"])
	}
	return names
}

func TestAFailedDomainDoesNotKeepTheOthersFromBeingEvaluated(t *testing.T) {
	l := newLab(t, setup{})
	frames := l.frames(question{
		query: `{"domains":["gone.example.com","www.example.com","lost.example.com","img.example.com"]}`, from: 10 * time.Minute, alert: true,
	})
	assert.Equal(t, []string{"www.example.com", "img.example.com"}, labels(frames))
	notices := noticesOf(frames)
	require.Len(t, notices, 2)
	for i, domain := range []string{"gone.example.com", "lost.example.com"} {
		assert.Contains(t, notices[i], domain+" failed: ")
		assert.Contains(t, notices[i], "InvalidDomain.NotFound, RequestId "+sampleRequestID)
	}
}

func TestManyFailedDomainsAreCountedNotNamed(t *testing.T) {
	names := []string{"www.example.com"}
	for i := range 9 {
		names = append(names, fmt.Sprintf("gone-%d.example.com", i))
	}
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
	notices := noticesOf(l.frames(hour(string(mustJSON(t, map[string]any{"domains": names})))))
	require.Len(t, notices, 6)
	assert.Equal(t, "4 more domains failed.", notices[5])
}

func TestAnEvaluationOfNothingButFailuresIsAnError(t *testing.T) {
	denied := func(call cdnsim.Call) *cdnsim.Fault {
		return &cdnsim.Fault{Error: &cdnsim.Error{Status: 403, Code: "Forbidden.RAM"}}
	}
	for name, c := range map[string]struct {
		api    cdnsim.Options
		query  string
		status backend.Status
	}{
		"unknown domains":  {cdnsim.Options{}, `{"domains":["gone.example.com","lost.example.com"]}`, backend.StatusNotFound},
		"one series":       {cdnsim.Options{Fault: denied}, `{"domainMode":"all","mergeDomains":true}`, backend.StatusForbidden},
		"several series":   {cdnsim.Options{Fault: denied}, `{"domains":["www.example.com","img.example.com"]}`, backend.StatusForbidden},
		"no list to match": {cdnsim.Options{Denied: []string{listing}}, `{"domainMode":"regex","domainPattern":"."}`, backend.StatusForbidden},
		"no list of all":   {cdnsim.Options{Denied: []string{listing}}, `{"domainMode":"all"}`, backend.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{api: c.api})
			response := l.ask(question{query: c.query, from: 10 * time.Minute, alert: true})
			require.Error(t, response.Error)
			assert.Equal(t, c.status, response.Status)
			assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
			assert.Empty(t, response.Frames)
		})
	}
}

func TestAPartOfAWindowIsNotEvaluated(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Params["StartTime"] < "2024-05-12" {
			return &cdnsim.Fault{Error: &cdnsim.Error{Code: "InvalidDomain.Offline"}}
		}
		return nil
	}}})
	fourDays := question{query: `{"domains":["www.example.com"],"granularity":"5m"}`, from: 4 * 24 * time.Hour}
	panel := l.ask(fourDays)
	assert.Equal(t, backend.StatusNotFound, panel.Status)
	assert.NotEmpty(t, panel.Frames, "a panel shows what there is, beside the error")

	fourDays.alert = true
	rule := l.ask(fourDays)
	assert.Equal(t, backend.StatusNotFound, rule.Status)
	assert.Empty(t, rule.Frames)
}

func TestARuleOverSelectedDomainsFindsNewOnesByItself(t *testing.T) {
	for name, query := range map[string]string{
		"regex": `{"domainMode":"regex","domainPattern":"example\\.com$"}`, "all": `{"domainMode":"all"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{api: cdnsim.Options{Domains: []cdnsim.Domain{{Name: "www.example.com"}}}})
			evaluation := question{query: query, from: 10 * time.Minute, alert: true}
			require.Equal(t, []string{"www.example.com"}, labels(l.frames(evaluation)))

			l.sim.SetDomains([]cdnsim.Domain{{Name: "www.example.com"}, {Name: "new.example.com"}})
			l.later(5*time.Minute - time.Second)
			require.Equal(t, []string{"www.example.com"}, labels(l.frames(evaluation)), "the list is good for five minutes")
			l.later(time.Second)
			assert.Equal(t, []string{"new.example.com", "www.example.com"}, labels(l.frames(evaluation)))
			assert.Len(t, l.calls(listing), 2)
		})
	}
}
