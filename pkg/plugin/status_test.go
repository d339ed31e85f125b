package plugin

import (
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// named are the values of a label, frame by frame.
func named(label string, frames data.Frames) (names []string) {
	for _, f := range frames {
		names = append(names, f.Fields[1].Labels[label])
	}
	return names
}

// lastHour is what [hour] has to show: 5-minute slices from 11:00 to 11:50.
var lastHour = truthSpan{from: noon.Add(-67 * time.Minute), to: noon.Add(-17 * time.Minute), length: 5 * time.Minute}

func TestStatusCodesAreFiltered(t *testing.T) {
	all := []string{"200", "206", "301", "304", "403", "404", "499", "500", "502", "503", "504"}
	l := newLab(t, setup{})
	for name, c := range map[string]struct {
		by, codes string
		names     []string
		// counts tells which codes count.
		counts func(code int) bool
	}{
		"all classes":            {"class", `[]`, []string{"2xx", "3xx", "4xx", "5xx"}, func(int) bool { return true }},
		"all codes":              {"code", `null`, all, func(int) bool { return true }},
		"a class":                {"class", `["5xx"]`, []string{"5xx"}, func(code int) bool { return code >= 500 }},
		"a class, in capitals":   {"class", `[" 5XX ","5xx"]`, []string{"5xx"}, func(code int) bool { return code >= 500 }},
		"the codes of a class":   {"code", `["5xx"]`, []string{"500", "502", "503", "504"}, func(code int) bool { return code >= 500 }},
		"two codes":              {"code", `["404","200"]`, []string{"200", "404"}, func(code int) bool { return code == 404 || code == 200 }},
		"a code and a class":     {"code", `["404","3xx"]`, []string{"301", "304", "404"}, func(code int) bool { return code == 404 || code/100 == 3 }},
		"a part of a class":      {"class", `["404","5xx"]`, []string{"4xx", "5xx"}, func(code int) bool { return code == 404 || code >= 500 }},
		"two parts of one class": {"class", `["502","504"]`, []string{"5xx"}, func(code int) bool { return code == 502 || code == 504 }},
	} {
		for metric := range map[string]bool{"originStatus": true, "edgeStatus": true} {
			for _, unit := range unitsOfStatus {
				t.Run(fmt.Sprintf("%s/%s/%s", name, metric, unit), func(t *testing.T) {
					frames := l.frames(hour(fmt.Sprintf(`{"queryType":%q,"unit":%q,"statusBy":%q,"statusCodes":%s,"domains":["video.example.com"]}`,
						metric, unit, c.by, c.codes)))
					require.Equal(t, c.names, named(c.by, frames))
					for i, f := range frames {
						shown := func(code int) bool { return c.counts(code) && labelOf(c.by, code) == c.names[i] }
						require.Equal(t, 10, f.Rows())
						for row := range f.Rows() {
							start := f.Fields[0].At(row).(time.Time)
							want := new(oracle).of(metric, []string{"video.example.com"}, start, 5*time.Minute).ofCodes(shown)
							require.InDelta(t, want.value(unit, 5*time.Minute), f.Fields[1].At(row), 1e-9, "%s %s", c.names[i], start)
						}
					}
				})
			}
		}
	}
}

// labelOf is the class or the code.
func labelOf(by string, code int) string {
	if by == "class" {
		return fmt.Sprintf("%dxx", code/100)
	}
	return fmt.Sprint(code)
}

func TestWhatIsNamedIsThereThoughNobodyWasAnsweredSo(t *testing.T) {
	for name, c := range map[string]struct {
		by, codes string
		names     []string
	}{
		"a class":                         {"class", `["1xx"]`, []string{"1xx"}},
		"a code":                          {"code", `["418"]`, []string{"418"}},
		"a code, as its class":            {"class", `["418"]`, []string{"4xx"}},
		"two of a class":                  {"class", `["418","4xx","511"]`, []string{"4xx", "5xx"}},
		"a class of codes nobody knows":   {"code", `["1xx","418"]`, []string{"418"}},
		"several, in the order of names":  {"code", `["511","418","100"]`, []string{"100", "418", "511"}},
		"a code that others have as well": {"code", `["418","511"]`, []string{"418", "511"}},
	} {
		for _, unit := range unitsOfStatus {
			t.Run(name+"/"+unit, func(t *testing.T) {
				l := newLab(t, setup{})
				for _, alert := range []bool{false, true} {
					q := hour(fmt.Sprintf(`{"queryType":"originStatus","unit":%q,"statusBy":%q,"statusCodes":%s,"domains":["img.example.com"]}`,
						unit, c.by, c.codes))
					q.to, q.alert = 17*time.Minute, alert
					frames := l.frames(q)
					require.Equal(t, c.names, named(c.by, frames))
					for i, f := range frames {
						require.Equal(t, 10, f.Rows())
						for row := range f.Rows() {
							if c.names[i] == "4xx" && c.codes != `["418"]` {
								assert.Positive(t, f.Fields[1].At(row))
								continue
							}
							assert.Zero(t, f.Fields[1].At(row))
						}
					}
				}
			})
		}
	}
	t.Run("but not where the API has nothing at all", func(t *testing.T) {
		frames := newLab(t, setup{api: cdnsim.Options{Missing: 1}}).frames(
			hour(`{"queryType":"originStatus","statusCodes":["5xx"],"domains":["img.example.com"]}`))
		require.Len(t, frames, 1)
		assert.Empty(t, frames[0].Fields)
	})
}

func TestAShareOfNothingIsMissing(t *testing.T) {
	// docs.example.org is silent from 10:00 to 10:30.
	silent := question{from: 2*time.Hour + 7*time.Minute, to: 97 * time.Minute}
	for name, query := range map[string]string{
		"a class":             `"queryType":"originStatus","unit":"percent","statusCodes":["2xx"]`,
		"a code nobody had":   `"queryType":"edgeStatus","unit":"percent","statusBy":"code","statusCodes":["418"]`,
		"a hit ratio":         `"queryType":"hitRatio"`,
		"one of requests":     `"queryType":"requestHitRatio"`,
		"an origin share":     `"queryType":"originShare"`,
		"all of it, by class": `"queryType":"edgeStatus","unit":"percent","statusCodes":["3xx"]`,
	} {
		for gapFill, want := range map[string]int{"none": 1, "zero": 1, "null": 7} {
			t.Run(name+"/"+gapFill, func(t *testing.T) {
				q := silent
				q.query = fmt.Sprintf(`{%s,"gapFill":%q,"domains":["docs.example.org"]}`, query, gapFill)
				q.to -= 5 * time.Minute // 10:30, of which there is a share
				frames := newLab(t, setup{}).frames(q)
				require.Len(t, frames, 1)
				f := frames[0]
				require.Equal(t, want, f.Rows())
				for row := range f.Rows() {
					start := noon.Add(-97*time.Minute - time.Duration(want-1-row)*5*time.Minute)
					assert.Equal(t, start, f.Fields[0].At(row))
					_, hasValue := f.Fields[1].ConcreteAt(row)
					assert.Equal(t, row == want-1, hasValue, start)
				}
			})
		}
	}
	t.Run("and a line of nothing else is none", func(t *testing.T) {
		silent.query = `{"queryType":"originStatus","unit":"percent","statusCodes":["5xx"],"domains":["docs.example.org"]}`
		frames := newLab(t, setup{}).frames(silent)
		require.Len(t, frames, 1)
		assert.Empty(t, frames[0].Fields)
		assert.Equal(t, 1, frames[0].Meta.Custom.(frameMeta).Calls)
	})
	t.Run("while a count of nothing is zero", func(t *testing.T) {
		silent.query = `{"queryType":"originStatus","unit":"count","statusCodes":["5xx"],"domains":["docs.example.org"]}`
		frames := newLab(t, setup{}).frames(silent)
		require.Len(t, frames, 1)
		require.Equal(t, 6, frames[0].Rows())
		for row := range 6 {
			assert.Zero(t, frames[0].Fields[1].At(row))
		}
	})
}

func TestStatusLinesOfALossyAPIHaveTheirGaps(t *testing.T) {
	const lossy = 0.3
	lost := lossOf(t, lossy)
	for gapFill, inGap := range map[string]any{"none": nil, "null": (*float64)(nil), "zero": 0.0} {
		t.Run(gapFill, func(t *testing.T) {
			l := newLab(t, setup{api: cdnsim.Options{Missing: lossy}})
			frames := l.frames(hour(fmt.Sprintf(`{"queryType":"edgeStatus","gapFill":%q,"domains":["www.example.com"]}`, gapFill)))
			require.Equal(t, []string{"2xx", "3xx", "4xx", "5xx"}, named("class", frames))
			for _, f := range frames {
				row, gaps := 0, 0
				for start := lastHour.from; start.Before(lastHour.to); start = start.Add(5 * time.Minute) {
					if lost("www.example.com", start) {
						gaps++
						if gapFill == "none" {
							continue
						}
						assert.Equal(t, inGap, f.Fields[1].At(row), start)
					}
					require.Equal(t, start, f.Fields[0].At(row))
					row++
				}
				assert.Equal(t, f.Rows(), row)
				assert.Positive(t, gaps)
			}
		})
	}
}

func TestAMergedStatusSeriesIsThatOfItsDomains(t *testing.T) {
	l := newLab(t, setup{})
	frames := l.frames(hour(`{"queryType":"originStatus","unit":"percent","domains":["static.example.com","api.example.com"],` +
		`"mergeDomains":true,"statusCodes":["5xx"]}`))
	require.Len(t, frames, 1)
	assert.Equal(t, data.Labels{"domain": "static.example.com,api.example.com", "class": "5xx"}, frames[0].Fields[1].Labels)
	for row := range frames[0].Rows() {
		start := frames[0].Fields[0].At(row).(time.Time)
		sum := new(oracle).of("originStatus", []string{"static.example.com", "api.example.com"}, start, 5*time.Minute)
		want := sum.ofCodes(func(code int) bool { return code >= 500 }).value("percent", 0)
		assert.InDelta(t, want, frames[0].Fields[1].At(row), 1e-9)
	}
	assert.Len(t, l.sim.Calls(), 1)
}
