package plugin

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// unit is a way to show a slice.
type unit struct {
	// grafana is the unit's id in Grafana.
	grafana string
	// of is the value of a slice in that unit; NaN for one that has none.
	of func(originflow.Slice) float64
}

// units are the values of the query's unit. Which of them a metric has is in the catalogue.
var units = map[string]unit{
	"bits":           {"decbits", func(s originflow.Slice) float64 { return s.Volume * 8 }},
	"bytes":          {"decbytes", func(s originflow.Slice) float64 { return s.Volume }},
	"bitsPerSecond":  {"bps", func(s originflow.Slice) float64 { return s.PerSecond * 8 }},
	"bytesPerSecond": {"Bps", func(s originflow.Slice) float64 { return s.PerSecond }},
	"count":          {"short", func(s originflow.Slice) float64 { return s.Volume }},
	"perSecond":      {"reqps", func(s originflow.Slice) float64 { return s.PerSecond }},
	"percent":        {"percent", func(s originflow.Slice) float64 { return s.Percent }},
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
	// SettledUntil is the end of the newest final slice, RFC 3339; empty where nothing was asked for.
	SettledUntil string `json:"settledUntil"`
	// RequestIDs of the calls.
	RequestIDs []string `json:"requestIds"`
}

// shownLine is a line that becomes a frame: the number of its series, and its labels.
type shownLine struct {
	series int
	labels data.Labels
	originflow.Line
}

// response turns a result into frames: one per line that has data. Failures become notices as long as anything could be
// read.
func response(q queryModel, list originflow.DomainList, result originflow.Result, alert bool) backend.DataResponse {
	var lines []shownLine
	var failed []originflow.Series
	for i, s := range result.Series {
		if s.Err != nil {
			failed = append(failed, s)
			if alert {
				continue // a part of its slices could be mistaken for all of them
			}
		}
		lines = append(lines, linesOf(q, i, s)...)
	}
	if result.Search != nil && len(result.Series) > 0 {
		first := &result.Series[0]
		first.Calls = slices.Concat(result.Search.Calls, first.Calls)
	}
	frames := toFrames(q, result, top(q, lines))
	response := backend.DataResponse{Status: backend.StatusOK}
	if err := verdict(q, result, failed, alert, len(frames) > 0); err != nil {
		response = errorResponse(q.words, err)
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

// linesOf are the lines of a series: one, or one for each status code or class.
func linesOf(q queryModel, number int, s originflow.Series) (lines []shownLine) {
	if !q.metric.ByCode() {
		if len(s.Slices) > 0 {
			lines = append(lines, shownLine{number, data.Labels{"domain": s.Target.Name}, s.Line})
		}
		return lines
	}
	for _, l := range q.statusLines(s) {
		lines = append(lines, shownLine{number, data.Labels{"domain": s.Target.Name, q.StatusBy: l.name}, l.Line})
	}
	return lines
}

// top are the lines with the largest totals, the largest first, where the query wants only some. The largest by another
// metric are chosen, and in order, already.
func top(q queryModel, lines []shownLine) []shownLine {
	if q.TopN == 0 || q.MergeDomains || q.TopBy != topByOwn {
		return lines
	}
	slices.SortStableFunc(lines, func(a, b shownLine) int { return cmp.Compare(b.Total, a.Total) })
	return lines[:min(q.TopN, len(lines))]
}

// toFrames makes the frames. What a series cost is told with the first of its lines, or with the first of all if none of
// its lines is shown.
func toFrames(q queryModel, result originflow.Result, lines []shownLine) data.Frames {
	frames := data.Frames{}
	var shown []shownLine
	isShown := make([]bool, len(result.Series))
	var fields columns
	for _, l := range lines {
		// A line without a value is none.
		if f := frame(q, result.Series[l.series].Step, l, &fields); f.Rows() > 0 {
			frames, shown = append(frames, f), append(shown, l)
			isShown[l.series] = true
		}
	}
	if len(shown) == 0 {
		return frames
	}
	costs := slices.Clone(result.Series)
	first := &costs[shown[0].series]
	for i := range costs {
		if s := &costs[i]; !isShown[i] && s.Err == nil {
			first.Calls = append(slices.Clip(first.Calls), s.Calls...)
			first.Fetched += s.Fetched
			first.Cached += s.Cached
		}
	}
	for i, l := range shown {
		s := &costs[l.series]
		frames[i].Meta = meta(result, *s)
		s.Calls, s.Fetched, s.Cached = nil, 0, 0
	}
	return frames
}

func frame(q queryModel, step time.Duration, l shownLine, fields *columns) *data.Frame {
	times, values := fields.of(q, l.Line)
	times.Config = &data.FieldConfig{Interval: float64(step.Milliseconds())}
	values.Labels = l.labels
	values.Config = &data.FieldConfig{Unit: units[q.Unit].grafana, DisplayNameFromDS: q.legend(l.labels)}
	return data.NewFrame("", times, values)
}

// columns make the fields of frames, which copy what they are made of: the memory serves all of them.
type columns struct {
	times    []time.Time
	numbers  []float64
	nullable []*float64
}

// of makes the fields Time and Value. Only gapFill null makes the values nullable.
func (c *columns) of(q queryModel, l originflow.Line) (times, values *data.Field) {
	value := units[q.Unit].of
	c.times, c.numbers, c.nullable = c.times[:0], c.numbers[:0], c.nullable[:0]
	if q.GapFill != gapNull {
		for _, slice := range l.Slices {
			if number := value(slice); !math.IsNaN(number) {
				c.times, c.numbers = append(c.times, slice.Start), append(c.numbers, number)
			}
		}
		return data.NewField("Time", nil, c.times), data.NewField("Value", nil, c.numbers)
	}
	add := func(start time.Time, number *float64) {
		c.times, c.nullable = append(c.times, start), append(c.nullable, number)
	}
	missing := l.Missing
	for _, slice := range l.Slices {
		for ; len(missing) > 0 && missing[0].Before(slice.Start); missing = missing[1:] {
			add(missing[0], nil)
		}
		if number := value(slice); math.IsNaN(number) {
			add(slice.Start, nil)
		} else {
			add(slice.Start, &number)
		}
	}
	for _, start := range missing {
		add(start, nil)
	}
	return data.NewField("Time", nil, c.times), data.NewField("Value", nil, c.nullable)
}

func emptyFrame(result originflow.Result) *data.Frame {
	f := data.NewFrame("")
	all := originflow.Series{}
	if result.Search != nil && len(result.Series) == 0 {
		all.Calls = result.Search.Calls
	}
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
	settled := ""
	if !result.SettledUntil.IsZero() {
		settled = result.SettledUntil.Format(time.RFC3339)
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
			SettledUntil:       settled,
			RequestIDs:         ids,
		},
	}
}
