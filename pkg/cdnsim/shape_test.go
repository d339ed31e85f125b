package cdnsim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestLateSlicesBecomeFinalExactlyAfterTheirDelay(t *testing.T) {
	const domain = "www.example.com"
	for name, tc := range map[string]struct {
		opts     cdnsim.Options
		interval string
		start    time.Time
		length   time.Duration
		final    time.Duration // after start
	}{
		"5 minutes":    {cdnsim.Options{}, "300", yesterday, fiveMinutes, 20 * time.Minute},
		"hour":         {cdnsim.Options{}, "3600", yesterday, time.Hour, 5 * time.Hour},
		"Beijing day":  {cdnsim.Options{}, "86400", yesterday.Add(-8 * time.Hour), day, 28 * time.Hour},
		"UTC day":      {cdnsim.Options{UTCDays: true}, "86400", yesterday, day, 44 * time.Hour},
		"own delay":    {cdnsim.Options{Delay: map[time.Duration]time.Duration{time.Hour: time.Minute}}, "3600", yesterday, time.Hour, 61 * time.Minute},
		"own no delay": {cdnsim.Options{Delay: map[time.Duration]time.Duration{fiveMinutes: 0}}, "300", yesterday, fiveMinutes, fiveMinutes},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, tc.opts)
			var final int64
			for at := tc.start; at.Before(tc.start.Add(tc.length)); at = at.Add(fiveMinutes) {
				final += 8 * cdnsim.Traffic(domain, at)
			}
			at := func(age time.Duration) (int64, bool) {
				a.clock.Set(tc.start.Add(age))
				got := a.flow(flow2014, span(tc.start.Add(-tc.length), tc.start, "DomainName", domain, "Interval", tc.interval))
				v, ok := got.values[tc.start]
				return v, ok
			}
			_, ok := at(-time.Second)
			assert.False(t, ok, "a slice that has not begun is absent")
			before := int64(0)
			for i := range 5 {
				v, ok := at(tc.final * time.Duration(i) / 5)
				assert.True(t, ok)
				assert.GreaterOrEqual(t, v, before)
				assert.Less(t, v, final)
				before = v
			}
			assert.Positive(t, before)
			v, _ := at(tc.final - time.Second)
			assert.Less(t, v, final, "not final a second too early")
			v, _ = at(tc.final)
			assert.Equal(t, final, v)
			v, _ = at(tc.final + 30*day)
			assert.Equal(t, final, v, "final for good")
		})
	}
}

func TestLateSlicesMayBeZeroOrAbsent(t *testing.T) {
	newest := noon.Truncate(fiveMinutes)
	p := span(newest.Add(-time.Hour), newest, "DomainName", "www.example.com")

	zero := start(t, cdnsim.Options{Late: cdnsim.LateZero}).flow(flow2014, p)
	assert.Len(t, zero.values, 13)
	assert.Contains(t, zero.values, newest)
	assert.Zero(t, zero.values[newest.Add(-3*fiveMinutes)])
	assert.Positive(t, zero.values[newest.Add(-4*fiveMinutes)])

	a := start(t, cdnsim.Options{Late: cdnsim.LateAbsent})
	absent := a.flow(flow2014, p)
	assert.Len(t, absent.values, 9)
	assert.NotContains(t, absent.values, newest.Add(-3*fiveMinutes))
	p["FixTimeGap"] = "true"
	assert.Len(t, a.flow(flow2014, p).values, 13, "FixTimeGap fills what is late as well")
}

func TestAnAnswerWithoutPointsTakesTheAskedForm(t *testing.T) {
	for name, tc := range map[string]struct {
		empty cdnsim.Empty
		want  any
	}{
		"list":    {cdnsim.EmptyList, map[string]any{"DataModule": []any{}}},
		"null":    {cdnsim.EmptyNull, map[string]any{"DataModule": nil}},
		"missing": {cdnsim.EmptyMissing, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, cdnsim.Options{Empty: tc.empty, Domains: []cdnsim.Domain{}})
			status, body := a.ask(flow2014, span(yesterday, yesterday.Add(time.Hour)))
			assert.Equal(t, 200, status)
			got, present := body["SrcFlowDataPerInterval"]
			assert.Equal(t, tc.want, got)
			assert.Equal(t, tc.want != nil, present)
		})
	}
}

func TestScalarsCanComeAsTheOtherType(t *testing.T) {
	a := start(t, cdnsim.Options{LooseTypes: true})
	_, body := a.ask(flow2014, span(yesterday, yesterday.Add(time.Hour)))
	assert.Equal(t, 300.0, body["DataInterval"])
	first := body["SrcFlowDataPerInterval"].(map[string]any)["DataModule"].([]any)[0].(map[string]any)
	assert.IsType(t, 0.0, first["Value"])
	_, body = a.ask(domains18, nil)
	assert.Equal(t, "12", body["TotalCount"])
}

func TestDataIntervalCanBeLeftOut(t *testing.T) {
	a := start(t, cdnsim.Options{NoInterval: true})
	for op, p := range map[string]params{
		flow2014: span(yesterday, yesterday.Add(time.Hour)), flow2018: span18(yesterday, yesterday.Add(time.Hour)),
	} {
		status, body := a.ask(op, p)
		assert.Equal(t, 200, status)
		assert.NotContains(t, body, "DataInterval")
		assert.Contains(t, body, containers[op])
	}
}

func TestTheSuccessorCanNameItsPointsAsTheOldSamplesDo(t *testing.T) {
	a := start(t, cdnsim.Options{OldContainer: true})
	_, body := a.ask(flow2018, span18(yesterday, yesterday.Add(time.Hour)))
	assert.Contains(t, body, "SrcFlowDataPerInterval")
	assert.NotContains(t, body, "SrcTrafficDataPerInterval")
}

func TestTheWireShapeIsTheDocumentedOne(t *testing.T) {
	a := start(t, cdnsim.Options{
		RequestID: func() string { return "R-1" }, Domains: []cdnsim.Domain{{Name: "legacy.example.org"}},
	})
	_, text := a.get(a.query(flow2014, span(yesterday, yesterday.Add(fiveMinutes), "DomainName", "legacy.example.org")))
	assert.JSONEq(t, `{
		"SrcFlowDataPerInterval": {"DataModule": [
			{"TimeStamp": "2024-05-14T00:05:00Z", "Value": "0"},
			{"TimeStamp": "2024-05-14T00:00:00Z", "Value": "0"}
		]},
		"DataInterval": "300", "RequestId": "R-1", "DomainName": "legacy.example.org",
		"StartTime": "2024-05-14T00:00Z", "EndTime": "2024-05-14T00:05Z"
	}`, text)
}

func TestRequestIDsAreFreshUpperCaseUUIDs(t *testing.T) {
	a := start(t, cdnsim.Options{})
	seen := map[any]bool{}
	for range 20 {
		_, body := a.ask(domains18, nil)
		assert.Regexp(t, `^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`, body["RequestId"])
		assert.False(t, seen[body["RequestId"]])
		seen[body["RequestId"]] = true
	}
}

func TestCallsAreRecordedWithoutCredentials(t *testing.T) {
	a := start(t, cdnsim.Options{RequestID: func() string { return "R-1" }})
	a.ask(flow2014, span(yesterday, yesterday.Add(time.Hour), "DomainName", "www.example.com"))
	a.refused(flow2014, span(yesterday, yesterday))
	calls := a.sim.Calls()
	require.Len(t, calls, 2)
	assert.Equal(t, cdnsim.Call{
		Operation: flow2014, Version: "2014-11-11", Time: noon, RequestID: "R-1", Status: 200,
		Params: map[string]string{
			"DomainName": "www.example.com", "StartTime": "2024-05-14T00:00Z", "EndTime": "2024-05-14T01:00Z",
		},
	}, calls[0])
	assert.Equal(t, "InvalidEndTime.Mismatch", calls[1].Code)
	assert.Equal(t, 400, calls[1].Status)
	text, err := json.Marshal(calls)
	require.NoError(t, err)
	for _, secret := range []string{cdnsim.DemoKeyID, "Signature", "nonce-", "HMAC"} {
		assert.NotContains(t, string(text), secret)
	}
	a.sim.Reset()
	assert.Empty(t, a.sim.Calls())
}

func TestDemoModeRecordsNothing(t *testing.T) {
	a := start(t, cdnsim.DemoOptions())
	status, _ := a.ask(domains18, nil)
	assert.Equal(t, 200, status)
	assert.Empty(t, a.sim.Calls())
}
