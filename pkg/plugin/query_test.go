package plugin

import (
	"os"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// hour asks for the last hour and a few minutes: 5-minute slices from 11:00, final up to 11:50.
func hour(query string) question {
	return question{query: query, from: 67 * time.Minute, points: 1000}
}

func TestTheSampleOfTheReferencePageBecomesAFrame(t *testing.T) {
	sample, err := os.ReadFile("testdata/reference-answer.json")
	require.NoError(t, err)
	l := newLab(t, setup{
		now: time.Date(2015, 12, 10, 21, 30, 0, 0, time.UTC),
		api: cdnsim.Options{
			Domains: []cdnsim.Domain{{Name: "test.com"}},
			Fault: func(cdnsim.Call) *cdnsim.Fault {
				return &cdnsim.Fault{Body: string(sample), Header: map[string][]string{"Content-Type": {"application/json"}}}
			},
		},
	})
	response := l.ask(question{query: `{"domains":["test.com"]}`, from: 90 * time.Minute, to: 30 * time.Minute})
	checkGolden(t, "reference-sample", response)

	require.Len(t, response.Frames, 1)
	f := response.Frames[0]
	require.Equal(t, 12, f.Rows(), "the 13th point begins where the range ends")
	for i := range f.Rows() {
		start := time.Date(2015, 12, 10, 20, 5*i, 0, 0, time.UTC)
		assert.Equal(t, start, f.Fields[0].At(i))
		want := 0.0
		if start.Minute() == 50 {
			want = 33886
		}
		assert.Equal(t, want, f.Fields[1].At(i))
	}
	calls := l.calls(flow)
	require.Len(t, calls, 1)
	assert.Equal(t, map[string]string{
		"DomainName": "test.com", "StartTime": "2015-12-10T20:00Z", "EndTime": "2015-12-10T21:00Z", "Interval": "300",
	}, calls[0].Params)
}

func TestQueriesAreAnsweredAsTheGoldenFilesHaveIt(t *testing.T) {
	lossy := cdnsim.Options{Missing: 0.3}
	for name, c := range map[string]struct {
		api cdnsim.Options
		question
	}{
		"unit-bits":             {question: hour(`{"domains":["www.example.com"],"unit":"bits"}`)},
		"unit-bytes":            {question: hour(`{"domains":["www.example.com"],"unit":"bytes"}`)},
		"unit-bits-per-second":  {question: hour(`{"domains":["www.example.com"],"unit":"bitsPerSecond"}`)},
		"unit-bytes-per-second": {question: hour(`{"domains":["www.example.com"],"unit":"bytesPerSecond"}`)},
		"two-domains-with-a-legend": {question: hour(
			`{"domains":["img.example.com"," WWW.example.com ","img.example.com"],"legendFormat":"Origin of {{domain}}"}`)},
		"merged-list":      {question: hour(`{"domains":["www.example.com","img.example.com"],"mergeDomains":true}`)},
		"merged-all":       {question: hour(`{"domainMode":"all","mergeDomains":true,"unit":"bytesPerSecond"}`)},
		"merged-regex":     {question: hour(`{"domainMode":"regex","domainPattern":"^(img|api)\\.","mergeDomains":true}`)},
		"gap-fill-none":    {lossy, hour(`{"domains":["www.example.com"]}`)},
		"gap-fill-null":    {lossy, hour(`{"domains":["www.example.com"],"gapFill":"null"}`)},
		"gap-fill-zero":    {lossy, hour(`{"domains":["www.example.com"],"gapFill":"zero"}`)},
		"provisional-hide": {question: hour(`{"domains":["www.example.com"],"provisional":"hide"}`)},
		"provisional-show": {question: hour(`{"domains":["www.example.com"],"provisional":"show"}`)},
		"rolled-up": {question: question{
			query: `{"domains":["www.example.com"],"unit":"bitsPerSecond"}`, from: 6 * time.Hour, interval: time.Hour, points: 1000,
		}},
		"by-the-hour": {question: question{query: `{"domains":["www.example.com"],"granularity":"1h"}`, from: 7 * time.Hour}},
		"clipped-history": {question: question{
			query: `{"domains":["www.example.com"],"granularity":"1d"}`, from: 100 * 24 * time.Hour, to: 85 * 24 * time.Hour,
		}},
		"failed-domain-among-good-ones": {question: hour(`{"domains":["gone.example.com","www.example.com"]}`)},
		"coarser-slices": {
			api: cdnsim.Options{SpanLimit: map[time.Duration]time.Duration{5 * time.Minute: time.Hour}},
			question: question{
				query: `{"domains":["www.example.com"],"granularity":"5m"}`, from: 30 * time.Hour, to: 24 * time.Hour,
			},
		},
		"nothing-final-yet":   {question: question{query: `{"domains":["www.example.com"]}`, from: 10 * time.Minute}},
		"regex-without-match": {question: hour(`{"domainMode":"regex","domainPattern":"^nothing\\."}`)},
		"all-of-no-domains":   {cdnsim.Options{Domains: []cdnsim.Domain{}}, hour(`{"domainMode":"all"}`)},
		"retired-operation":   {cdnsim.Options{Retired: true}, hour(`{"domains":["www.example.com"]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{api: c.api})
			checkGolden(t, name, l.ask(c.question))
		})
	}
}

func TestAPanelOfNothingButFailuresIsOneErrorThatSaysWhatToDo(t *testing.T) {
	l := newLab(t, setup{})
	response := l.ask(hour(`{"domains":["gone.example.com","lost.example.com"]}`))
	assert.Equal(t, backend.StatusNotFound, response.Status)
	assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource)
	assert.EqualError(t, response.Error, "gone.example.com, lost.example.com: The domain is not an accelerated domain of this account. "+
		"Check its name in the CDN console. (InvalidDomain.NotFound, RequestId "+sampleRequestID+")")
	assert.Empty(t, response.Frames)
}

func TestAQueryForNothingMakesNoCallAndNoFrame(t *testing.T) {
	for name, query := range map[string]string{
		"a new query":       `{}`,
		"no domains":        `{"domainMode":"list","domains":[]}`,
		"null":              `{"domains":null}`,
		"blank names":       `{"domains":[""," "]}`,
		"as Grafana has it": `{"refId":"A","queryType":"","datasource":{"uid":"x"},"intervalMs":1000,"maxDataPoints":100}`,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{})
			response := l.ask(hour(query))
			require.NoError(t, response.Error)
			assert.Equal(t, backend.StatusOK, response.Status)
			assert.Empty(t, response.Frames)
			assert.Empty(t, l.sim.Calls())
		})
	}
}

func TestQueriesOfARequestAreAnsweredEachOnItsOwn(t *testing.T) {
	l := newLab(t, setup{})
	request := l.request(hour(`{"domains":["www.example.com"]}`))
	for refID, query := range map[string]string{
		"bad": `{"unit":"miles"}`, "hidden": `{}`, "failed": `{"domains":["gone.example.com"]}`, "good": `{"domains":["img.example.com"]}`,
	} {
		another := request.Queries[0]
		another.RefID, another.JSON = refID, []byte(query)
		request.Queries = append(request.Queries, another)
	}
	response, err := l.source.QueryData(t.Context(), request)
	require.NoError(t, err)
	statuses := map[string]backend.Status{}
	for refID, answer := range response.Responses {
		statuses[refID] = answer.Status
		if answer.Error != nil {
			assert.Equal(t, backend.ErrorSourceDownstream, answer.ErrorSource, refID)
		}
	}
	assert.Equal(t, map[string]backend.Status{
		"A": 200, "bad": 400, "hidden": 200, "failed": 404, "good": 200,
	}, statuses)
	for refID, domain := range map[string]string{"A": "www.example.com", "good": "img.example.com"} {
		require.Len(t, response.Responses[refID].Frames, 1)
		requireSlices(t, response.Responses[refID].Frames[0], []string{domain},
			noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, 8)
	}
}

func TestDemoDataNeedsNeitherNetworkNorKey(t *testing.T) {
	l := newLab(t, setup{
		json:    map[string]any{"authType": "demo", "endpoint": ""},
		secrets: map[string]string{},
	})
	frames := l.frames(hour(`{"domainMode":"all"}`))
	assert.Len(t, frames, len(cdnsim.DemoDomains()))
	assert.Empty(t, l.sim.Calls())
}
