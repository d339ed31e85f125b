package cdn

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plainLayouts are the operations with one number a slice, as their points are written in the documentation.
var plainLayouts = []struct {
	op              *Operation
	container, name string
}{
	{SrcFlowData, "SrcFlowDataPerInterval", "Value"},
	{SrcTrafficData, "SrcTrafficDataPerInterval", "Value"},
	{TrafficData, "TrafficDataPerInterval", "Value"},
	{SrcQPSData, "SrcQpsDataPerInterval", "Value"},
	{QPSData, "QpsDataInterval", "AccValue"},
	{HitRateData, "HitRateInterval", "Value"},
	{ReqHitRateData, "ReqHitRateInterval", "Value"},
}

// module is an answer with some points in a container.
func module(container string, points ...string) []byte {
	return []byte(`{"RequestId":"1","DataInterval":"300","` + container + `":{"DataModule":[` + strings.Join(points, ",") + `]}}`)
}

func TestEachOperationReadsItsOwnValueFromItsOwnContainer(t *testing.T) {
	for _, l := range plainLayouts {
		t.Run(l.op.Name(), func(t *testing.T) {
			points := []string{
				`{"TimeStamp":"2024-05-15T12:00Z","HttpsValue":"9","` + l.name + `":"1.5","DomesticValue":"8"}`,
				`{"` + l.name + `":2,"TimeStamp":"2024-05-15T12:05Z"}`,
				`{"TimeStamp":"2024-05-15T12:05Z","` + l.name + `":"2"}`,
				`{"TimeStamp":"2024-05-15T12:10Z","HttpsValue":"9"}`,
				`{"TimeStamp":"2024-05-15T12:15Z","` + l.name + `":"none"}`,
			}
			answer, err := l.op.layout.decode(module(l.container, points...))
			require.NoError(t, err)
			assert.Equal(t, []Point{{noon, 1.5}, {noon + 300, 2}, {noon + 300, 2}}, answer.Points)
			assert.Equal(t, 1, answer.Unreadable)
			assert.Equal(t, l.op == SrcQPSData, answer.PerSecond)

			answer, err = l.op.layout.decode(module("OtherDataPerInterval", points...))
			require.NoError(t, err)
			assert.Empty(t, answer.Points)

			body := module(l.container, points...)
			for length := range body {
				_, err := l.op.layout.decode(body[:length])
				require.Error(t, err, "the first %d bytes", length)
			}
			_, err = l.op.layout.decode([]byte(`{"RequestId":"1","Code":"InternalError"}`))
			assert.ErrorIs(t, err, errUnderOK)
		})
	}
}

func TestRequestsAreCountedWhereTheAnswerCountsThem(t *testing.T) {
	for name, c := range map[string]struct {
		points     []string
		want       []Point
		perSecond  bool
		unreadable int
		fails      bool
	}{
		"counts and rates": {
			points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5","AccValue":"150"}`, `{"TimeStamp":"2024-05-15T12:05Z","Value":"1","AccValue":"300"}`},
			want:   []Point{{noon, 150}, {noon + 300, 300}},
		},
		"a count is missing in one of them": {
			points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5"}`, `{"TimeStamp":"2024-05-15T12:05Z","Value":"1","AccValue":"300"}`},
			want:   []Point{{noon + 300, 300}},
		},
		"a count is empty in one of them": {
			points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5","AccValue":""}`, `{"TimeStamp":"2024-05-15T12:05Z","Value":"1","AccValue":"300"}`},
			want:   []Point{{noon + 300, 300}},
		},
		"counts of none": {
			points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5","AccValue":"0"}`},
			want:   []Point{{noon, 0}},
		},
		"rates only": {
			points:    []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5"}`, `{"TimeStamp":"2024-05-15T12:05Z","AccHttpsValue":"7","Value":"1.25"}`},
			want:      []Point{{noon, 0.5}, {noon + 300, 1.25}},
			perSecond: true,
		},
		"rates beside empty counts": {
			points:    []string{`{"TimeStamp":"2024-05-15T12:00Z","AccValue":null,"Value":"0.5"}`, `{"TimeStamp":"2024-05-15T12:05Z","AccValue":"","Value":"bad"}`},
			want:      []Point{{noon, 0.5}},
			perSecond: true, unreadable: 1,
		},
		"neither": {points: []string{`{"TimeStamp":"2024-05-15T12:00Z"}`}, perSecond: true},
		"counts that cannot be read, which are another format": {
			points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"0.5","AccValue":"many"}`}, fails: true,
		},
		"rates that cannot be read": {points: []string{`{"TimeStamp":"2024-05-15T12:00Z","Value":"many"}`}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := QPSData.layout.decode(module("QpsDataInterval", c.points...))
			if c.fails {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, append([]Point{}, c.want...), append([]Point{}, answer.Points...))
			assert.Equal(t, c.perSecond, answer.PerSecond)
			assert.Equal(t, c.unreadable, answer.Unreadable)
		})
	}
}

func TestARatioAboveAllOfItIsNone(t *testing.T) {
	for _, op := range []*Operation{HitRateData, ReqHitRateData} {
		t.Run(op.Name(), func(t *testing.T) {
			answer, err := op.layout.decode(module(op.layout.points[0],
				`{"TimeStamp":"2024-05-15T12:00Z","Value":"100"}`,
				`{"TimeStamp":"2024-05-15T12:05Z","Value":"101"}`, // read like the one before
				`{"TimeStamp":"2024-05-15T12:10Z","Value":100.000001}`,
				`{"TimeStamp":"2024-05-15T12:15Z","Value":"0"}`,
			))
			require.NoError(t, err)
			assert.Equal(t, []Point{{noon, 100}, {noon + 900, 0}}, answer.Points)
			assert.Equal(t, 2, answer.Unreadable)
		})
	}
}
