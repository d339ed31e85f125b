package plugin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// largest are the names of all domains, that with the largest total of the last hour first; of domains alike in that, the
// name decides, as their list is sorted.
func largest(metric string) []string {
	total := map[string]float64{}
	for _, name := range everyDomain() {
		sum := new(oracle).of(metric, []string{name}, lastHour.from, lastHour.to.Sub(lastHour.from))
		if total[name] = float64(sum.amount); sum.by > 0 {
			total[name] /= float64(sum.by)
		}
	}
	names := everyDomain()
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b)) })
	return names
}

func TestTheLargestSeriesAreShownTheLargestFirst(t *testing.T) {
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
	for metric, m := range metricTruths {
		if m.codes != nil {
			continue
		}
		for _, unit := range m.units {
			for _, top := range []int{1, 3, 11} {
				t.Run(fmt.Sprintf("%s/%s/%d", metric, unit, top), func(t *testing.T) {
					frames := l.frames(hour(fmt.Sprintf(`{"queryType":%q,"unit":%q,"topN":%d,"domainMode":"all"}`, metric, unit, top)))
					assert.Equal(t, largest(metric)[:top], labels(frames))
				})
			}
		}
	}
}

func TestTheLargestStatusSeriesAreSoManyLines(t *testing.T) {
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 100}})
	for _, by := range []string{"class", "code"} {
		for _, unit := range unitsOfStatus {
			t.Run(by+"/"+unit, func(t *testing.T) {
				query := `{"queryType":"edgeStatus","statusBy":%q,"unit":%q,"topN":%d,"domainMode":"all"}`
				count := func(labels map[string]string) (sum int64) {
					for code, n := range new(oracle).of("edgeStatus", []string{labels["domain"]}, lastHour.from, lastHour.to.Sub(lastHour.from)).codes {
						if labelOf(by, code) == labels[by] {
							sum += n
						}
					}
					return sum
				}
				var want []string
				all := l.frames(hour(fmt.Sprintf(query, by, unit, 0)))
				slices.SortStableFunc(all, func(a, b *data.Frame) int {
					return cmp.Compare(count(b.Fields[1].Labels), count(a.Fields[1].Labels))
				})
				for _, f := range all {
					want = append(want, f.Fields[1].Labels.String())
				}
				var got []string
				for _, f := range l.frames(hour(fmt.Sprintf(query, by, unit, 7))) {
					got = append(got, f.Fields[1].Labels.String())
				}
				assert.Equal(t, want[:7], got)
			})
		}
	}
}

func TestSeriesAlikeKeepTheirOrderAmongTheLargest(t *testing.T) {
	all := names(40)
	l := newLab(t, setup{
		json: map[string]any{"callsPerSecond": 100},
		api: cdnsim.Options{
			Domains: cdnsim.ManyDomains(len(all)),
			Held: func(domain string, _ time.Time, _ time.Duration, _ int64) (int64, bool) {
				if domain == all[20] {
					return 8, true
				}
				return 7, true
			},
		},
	})
	want := append([]string{all[20]}, slices.Delete(slices.Clone(all), 20, 21)...)
	assert.Equal(t, want[:35], labels(l.frames(hour(`{"topN":35,"domainMode":"all"}`))))
}

func TestMoreThanThereAreIsAllOfThem(t *testing.T) {
	frames := newLab(t, setup{}).frames(hour(`{"topN":1000,"domains":["docs.example.org","video.example.com"]}`))
	assert.Equal(t, []string{"video.example.com", "docs.example.org"}, labels(frames))
}

func TestAMergedSeriesIsNotAmongTheLargest(t *testing.T) {
	l := newLab(t, setup{})
	for name, c := range map[string]struct {
		query string
		want  int
	}{
		"a list":        {`"domains":["docs.example.org","video.example.com"]`, 1},
		"all":           {`"domainMode":"all"`, 1},
		"status by all": {`"domainMode":"all","queryType":"originStatus"`, 4},
	} {
		t.Run(name, func(t *testing.T) {
			plain := l.frames(hour(`{"mergeDomains":true,` + c.query + `}`))
			topped := l.frames(hour(`{"mergeDomains":true,"topN":1,` + c.query + `}`))
			require.Len(t, topped, c.want)
			for i := range plain {
				assert.Equal(t, plain[i].Fields, topped[i].Fields)
			}
		})
	}
}

func TestCallsForSeriesThatAreNotShownAreToldWithTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		question
		shown []string
		calls []int
	}{
		"those that are not among the largest": {
			hour(`{"topN":2,"domains":["docs.example.org","video.example.com","img.example.com","api.example.com"]}`),
			[]string{"video.example.com", "img.example.com"},
			[]int{3, 1},
		},
		"those of which no code is": {
			hour(`{"queryType":"originStatus","topN":2,"domains":["docs.example.org","video.example.com"]}`),
			[]string{"video.example.com", "video.example.com"},
			[]int{2, 0},
		},
		"those of two operations": {
			hour(`{"queryType":"originShare","topN":1,"domains":["docs.example.org","video.example.com","img.example.com"]}`),
			largestOf("originShare", "docs.example.org", "video.example.com", "img.example.com"),
			[]int{6},
		},
		"a series that has slices and no value": {
			question{
				query: `{"queryType":"originStatus","unit":"percent","statusCodes":["5xx"],"domains":["docs.example.org","img.example.com"]}`,
				from:  127 * time.Minute, to: 97 * time.Minute,
			},
			[]string{"img.example.com"},
			[]int{2},
		},
		"a series without a slice": {
			question{
				query: `{"queryType":"hitRatio","domains":["docs.example.org","img.example.com"]}`,
				from:  127 * time.Minute, to: 97 * time.Minute,
			},
			[]string{"img.example.com"},
			[]int{4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, setup{})
			frames := l.frames(c.question)
			require.Equal(t, c.shown, labels(frames))
			fetched := 0
			for i, f := range frames {
				custom := f.Meta.Custom.(frameMeta)
				assert.Equal(t, c.calls[i], custom.Calls)
				assert.Len(t, custom.RequestIDs, c.calls[i])
				lines := strings.Split(f.Meta.ExecutedQueryString, "\n")
				if c.calls[i] == 0 {
					lines = nil
				}
				assert.Len(t, lines, c.calls[i])
				fetched += custom.SlicesFetched
			}
			told := frames[0].Meta.ExecutedQueryString
			for _, call := range l.sim.Calls() {
				assert.Contains(t, told+frames[len(frames)-1].Meta.ExecutedQueryString, call.Operation+" ")
				assert.Contains(t, told+frames[len(frames)-1].Meta.ExecutedQueryString, "DomainName="+call.Params["DomainName"]+" ")
			}
			slices := int((c.from - c.to) / (5 * time.Minute))
			if c.to == 0 {
				slices = 10
			}
			assert.Equal(t, len(l.sim.Calls())*slices, fetched)
		})
	}
}

// largestOf is the largest of some domains.
func largestOf(metric string, names ...string) []string {
	all := largest(metric)
	all = slices.DeleteFunc(all, func(name string) bool { return !slices.Contains(names, name) })
	return all[:1]
}

func TestASeriesThatFailedIsNoneOfTheLargest(t *testing.T) {
	l := newLab(t, setup{})
	frames := l.frames(hour(`{"topN":1,"domains":["gone.example.com","docs.example.org","img.example.com"]}`))
	assert.Equal(t, []string{"img.example.com"}, labels(frames))
	require.Len(t, noticesOf(frames), 1)
	assert.Contains(t, noticesOf(frames)[0], "gone.example.com failed")
}
