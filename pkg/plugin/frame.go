package plugin

import (
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// unit is a way to show the flow of a slice.
type unit struct {
	// grafana is the unit's id in Grafana.
	grafana string
	// of is the value of a slice in that unit.
	of func(originflow.Slice) float64
}

// units are the values of the query's unit.
var units = map[string]unit{
	"bits":           {"decbits", func(s originflow.Slice) float64 { return s.Bytes * 8 }},
	"bytes":          {"decbytes", func(s originflow.Slice) float64 { return s.Bytes }},
	"bitsPerSecond":  {"bps", func(s originflow.Slice) float64 { return s.BytesPerSecond * 8 }},
	"bytesPerSecond": {"Bps", func(s originflow.Slice) float64 { return s.BytesPerSecond }},
}

// frameMeta is meta.custom of a frame.
type frameMeta struct {
	// Operation of the API that answered.
	Operation string `json:"operation"`
	// GranularitySeconds is the length of the API's slices behind the points.
	GranularitySeconds int64 `json:"granularitySeconds"`
	// Calls made for the frame; SlicesFetched by them, SlicesCached without them.
	Calls         int `json:"calls"`
	SlicesFetched int `json:"slicesFetched"`
	SlicesCached  int `json:"slicesCached"`
	// SettledUntil is the end of the newest final slice, RFC 3339.
	SettledUntil string `json:"settledUntil"`
	// RequestIDs of the calls.
	RequestIDs []string `json:"requestIds"`
}

// response turns a result into frames: one per series that has data. Failures become notices as long as anything could
// be read.
func response(q queryModel, list originflow.DomainList, result originflow.Result, alert bool) backend.DataResponse {
	frames := data.Frames{}
	var failed []originflow.Series
	for _, s := range result.Series {
		if s.Err != nil {
			failed = append(failed, s)
			if alert {
				continue // a part of its slices could be mistaken for all of them
			}
		}
		if len(s.Slices) > 0 {
			frames = append(frames, frame(q, result, s))
		}
	}
	response := backend.DataResponse{Status: backend.StatusOK}
	if err := verdict(result, failed, alert); err != nil {
		response = errorResponse(err)
	} else if len(frames) == 0 {
		// The data plane contract's way to say "no data": a typed frame without fields.
		frames = append(frames, emptyFrame(result))
	}
	if len(frames) > 0 {
		frames[0].AppendNotices(notices(q, list, result, failed)...)
	}
	response.Frames = frames
	return response
}

func frame(q queryModel, result originflow.Result, s originflow.Series) *data.Frame {
	times, values := column(q, s)
	times.Config = &data.FieldConfig{Interval: float64(s.Step.Milliseconds())}
	values.Labels = data.Labels{"domain": s.Target.Name}
	values.Config = &data.FieldConfig{
		Unit:              units[q.Unit].grafana,
		DisplayNameFromDS: legend(q.LegendFormat, s.Target.Name),
	}
	f := data.NewFrame("", times, values)
	f.Meta = meta(result, s)
	return f
}

// column makes the fields Time and Value. Only gapFill null makes the values nullable.
func column(q queryModel, s originflow.Series) (times, values *data.Field) {
	value := units[q.Unit].of
	if q.GapFill != gapNull {
		t, v := make([]time.Time, len(s.Slices)), make([]float64, len(s.Slices))
		for i, slice := range s.Slices {
			t[i], v[i] = slice.Start, value(slice)
		}
		return data.NewField("Time", nil, t), data.NewField("Value", nil, v)
	}
	t := make([]time.Time, 0, len(s.Slices)+len(s.Missing))
	v := make([]*float64, 0, cap(t))
	missing := s.Missing
	for _, slice := range s.Slices {
		for ; len(missing) > 0 && missing[0].Before(slice.Start); missing = missing[1:] {
			t, v = append(t, missing[0]), append(v, nil)
		}
		number := value(slice)
		t, v = append(t, slice.Start), append(v, &number)
	}
	for _, start := range missing {
		t, v = append(t, start), append(v, nil)
	}
	return data.NewField("Time", nil, t), data.NewField("Value", nil, v)
}

func emptyFrame(result originflow.Result) *data.Frame {
	f := data.NewFrame("")
	all := originflow.Series{}
	for _, s := range result.Series {
		all.Calls = append(all.Calls, s.Calls...)
		all.Fetched += s.Fetched
		all.Cached += s.Cached
		all.Granularity = s.Granularity
	}
	f.Meta = meta(result, all)
	return f
}

func meta(result originflow.Result, s originflow.Series) *data.FrameMeta {
	lines := make([]string, len(s.Calls))
	ids := []string{}
	for i, call := range s.Calls {
		lines[i] = call.Text
		if call.RequestID != "" {
			ids = append(ids, call.RequestID)
		}
	}
	return &data.FrameMeta{
		Type:                data.FrameTypeTimeSeriesMulti,
		TypeVersion:         data.FrameTypeVersion{0, 1},
		ExecutedQueryString: strings.Join(lines, "\n"),
		Custom: frameMeta{
			Operation:          result.Operation,
			GranularitySeconds: int64(s.Granularity / time.Second),
			Calls:              len(s.Calls),
			SlicesFetched:      s.Fetched,
			SlicesCached:       s.Cached,
			SettledUntil:       result.SettledUntil.Format(time.RFC3339),
			RequestIDs:         ids,
		},
	}
}

// legend puts the series' name in the place of {{domain}}.
func legend(format, name string) string {
	return strings.NewReplacer("{{domain}}", name, "{{ domain }}", name).Replace(format)
}
