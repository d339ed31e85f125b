package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// day asks for the last day: 5-minute slices, final up to 11:50.
func day(query string) question {
	return question{query: query, from: 24 * time.Hour, points: 1000}
}

// ranked are the names of domains, that with the largest total of the last final hours first.
func ranked(domains []cdnsim.Domain, back time.Duration, of func(string, time.Time) int64) []string {
	total := map[string]int64{}
	var names []string
	for _, d := range domains {
		names = append(names, d.Name)
		for t := noon.Add(-back).Truncate(5 * time.Minute); t.Before(noon.Add(-17 * time.Minute)); t = t.Add(5 * time.Minute) {
			total[d.Name] += of(d.Name, t)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b)) })
	return names
}

// numberOf is the number in the name of a domain, such as site-00042.example.com.
func numberOf(domain string) int64 {
	_, rest, _ := strings.Cut(domain, "-")
	digits, _, _ := strings.Cut(rest, ".")
	number, _ := strconv.ParseInt(digits, 10, 64)
	return number
}

func TestTheLargestOfManyAreFoundWithFewCalls(t *testing.T) {
	for name, c := range map[string]struct {
		domains []cdnsim.Domain
		most    int
	}{
		"a heavy tail of 1,200":           {cdnsim.HeavyDomains(1200), 330},
		"a heavy tail of 5,000":           {cdnsim.HeavyDomains(5000), 400},
		"as many in each octave of 1,200": {cdnsim.ManyDomains(1200), 400},
		"as many in each octave of 5,000": {cdnsim.ManyDomains(5000), 1200},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setup{api: cdnsim.Options{Domains: c.domains}, json: map[string]any{"callsPerSecond": 100}}, func(l *lab) {
				frames := l.frames(day(`{"domainMode":"all","topN":20,"unit":"bytes"}`))
				calls := len(l.sim.Calls())
				t.Logf("%d calls for the 20 largest of %d: %.1f%%", calls, len(c.domains), 100*float64(calls)/float64(len(c.domains)))
				assert.Equal(t, ranked(c.domains, 24*time.Hour, cdnsim.Traffic)[:20], labels(frames))
				assert.Equal(t, []string{fmt.Sprintf("The 20 of %d domains with the most origin flow.", len(c.domains))}, noticesOf(frames))
				assert.Less(t, calls, c.most)
				told := 0
				for _, f := range frames {
					told += f.Meta.Custom.(frameMeta).Calls
				}
				assert.Equal(t, calls-len(l.calls(listing)), told, "the inspector tells what the search took")

				l.sim.Reset()
				l.frames(day(`{"domainMode":"all","topN":10}`))
				assert.Empty(t, l.sim.Calls(), "what is found is kept")

				l.later(6 * time.Minute) // a slice more
				l.sim.Reset()
				l.frames(day(`{"domainMode":"all","topN":20}`))
				assert.Len(t, l.calls(flow), 20)

				l.later(6 * time.Minute) // which is when they are looked for anew
				l.sim.Reset()
				l.frames(day(`{"domainMode":"all","topN":20}`))
				anew := len(l.calls(flow))
				t.Logf("%d calls to find them anew", anew)
				assert.Less(t, anew, calls)
			})
		})
	}
}

// TestTheLargestOfAWeekAreFoundByWholeHours holds a search of a long range to one call for a list, as that of a day.
func TestTheLargestOfAWeekAreFoundByWholeHours(t *testing.T) {
	domains := cdnsim.ManyDomains(150)
	l := newLab(t, setup{api: cdnsim.Options{Domains: domains}, json: map[string]any{"callsPerSecond": 100}})
	frames := l.frames(question{query: `{"domainMode":"all","topN":5}`, from: 7 * 24 * time.Hour, points: 1000})
	assert.Equal(t, ranked(domains, 7*24*time.Hour, cdnsim.Traffic)[:5], labels(frames))
	lists := map[string]int{}
	for _, call := range l.calls(flow) {
		if list := call.Params["DomainName"]; strings.Contains(list, ",") {
			lists[list]++
			assert.Equal(t, "3600", call.Params["Interval"])
		}
	}
	assert.NotEmpty(t, lists)
	for list, calls := range lists {
		assert.Equal(t, 1, calls, list)
	}
}

// TestWhereNoDomainHasMuchMoreThanAnotherTheSearchGoesOn looks for the largest where each list has to be looked into: it takes
// as many calls as there are domains, and several refreshes, each of which says how far it is.
func TestWhereNoDomainHasMuchMoreThanAnotherTheSearchGoesOn(t *testing.T) {
	const many, most = 1200, 7_300
	var domains []cdnsim.Domain
	for i := range many {
		domains = append(domains, cdnsim.Domain{Name: fmt.Sprintf("flat-%05d.example.com", i)})
	}
	held := func(domain string, _ time.Time, _ time.Duration, _ int64) (int64, bool) {
		return 7_000 + numberOf(domain)%301, true
	}
	inBubble(t, setup{api: cdnsim.Options{Domains: domains, Held: held}}, func(l *lab) {
		var settled []int
		for refresh := 1; ; refresh++ {
			require.Less(l, refresh, 12)
			began := time.Now()
			response := l.ask(day(`{"domainMode":"all","topN":20,"unit":"bytes"}`))
			require.NoError(l, response.Error)
			assert.LessOrEqual(l, time.Since(began), patience+time.Second)
			notices := noticesOf(response.Frames)
			require.Len(l, notices, 1)
			var shown, of, looked int
			if _, err := fmt.Sscanf(notices[0], "The %d largest found so far: %d of %d domains", &shown, &looked, &of); err != nil {
				assert.Equal(l, "The 20 of 1200 domains with the most origin flow.", notices[0])
				for _, f := range response.Frames {
					value, err := f.Fields[1].FloatAt(0)
					require.NoError(l, err)
					assert.GreaterOrEqual(l, value, float64(most-5))
				}
				break
			}
			assert.Len(l, response.Frames, 20, "those that are known")
			settled = append(settled, looked)
			time.Sleep(30*time.Second - time.Since(began))
		}
		l.Logf("looked at, refresh by refresh: %v of %d; %d calls", settled, many, len(l.sim.Calls()))
		assert.True(l, slices.IsSorted(settled) && settled[0] < settled[len(settled)-1], settled)
		assert.Less(l, len(l.sim.Calls()), many*105/100)

		l.sim.Reset()
		l.later(31 * time.Minute)
		response := l.ask(day(`{"domainMode":"all","topN":20}`))
		assert.Len(l, response.Frames, 20)
		assert.Less(l, len(l.sim.Calls()), 60, "what takes that long is not looked for every ten minutes")
	})
}

func TestAPanelOfManyDomainsFillsRefreshByRefresh(t *testing.T) {
	const many = 600
	inBubble(t, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(many), Latency: 50 * time.Millisecond}}, func(l *lab) {
		var complete []int
		for len(complete) == 0 || complete[len(complete)-1] < many {
			require.Less(l, len(complete), 4)
			began := time.Now()
			response := l.ask(day(`{"domainMode":"all"}`))
			require.NoError(l, response.Error)
			took := time.Since(began)
			assert.LessOrEqual(l, took, patience+time.Second)
			notices := noticesOf(response.Frames)
			l.Log(took, len(response.Frames), len(l.sim.Calls()), notices)
			done := many
			if len(notices) > 0 {
				require.Len(l, notices, 1)
				var rest int
				_, err := fmt.Sscanf(notices[0], "%d of 600 domains are complete, the rest within %d seconds.", &done, &rest)
				require.NoError(l, err, notices[0])
				assert.InDelta(l, float64(many-done)/20, rest, 5)
			}
			assert.Len(l, response.Frames, done)
			complete = append(complete, done)
			time.Sleep(30*time.Second - time.Since(began))
			l.later(30 * time.Second)
		}
		assert.Len(l, complete, 2)
		assert.LessOrEqual(l, len(l.calls(flow)), many*103/100)
	})
}

func TestAnEvaluationIsNeverOfThoseThatHappenToBeFoundSoFar(t *testing.T) {
	inBubble(t, setup{api: cdnsim.Options{Domains: cdnsim.HeavyDomains(1200)}, json: map[string]any{"callsPerSecond": 5}}, func(l *lab) {
		ctx, cancel := context.WithTimeout(l.Context(), 30*time.Second)
		defer cancel()
		q := day(`{"domainMode":"all","topN":20}`)
		q.alert = true
		response := l.askWithin(ctx, q)
		assert.Equal(l, backend.StatusTooManyRequests, response.Status)
		assert.EqualError(l, response.Error, lateForBudget)

		time.Sleep(time.Minute)
		q.alert = false
		assert.NoError(l, l.ask(q).Error, "a panel has what is found")
	})
}

func TestTheLargestOfAnotherMetricAreThoseOfEachQuery(t *testing.T) {
	domains := cdnsim.HeavyDomains(300)
	l := newLab(t, setup{api: cdnsim.Options{Domains: domains}, json: map[string]any{"callsPerSecond": 100}})
	want := ranked(domains, 67*time.Minute, cdnsim.EdgeTraffic)[:5]
	for _, query := range []string{
		`{"queryType":"hitRatio"`, `{"queryType":"originFlow"`, `{"queryType":"originFlow","timeShift":"1d"`, `{"queryType":"edgeFlow"`,
		`{"queryType":"originStatus"`,
	} {
		frames := l.frames(hour(query + `,"domainMode":"all","topN":5,"topBy":"edgeFlow"}`))
		assert.Equal(t, want, slices.Compact(labels(frames)), query)
		assert.Equal(t, []string{"The 5 of 300 domains with the most edge flow."}, noticesOf(frames))
	}
}

func TestBesideAShiftTheLargestOfAnotherMetricAreThoseOfThePresent(t *testing.T) {
	domains := cdnsim.ManyDomains(150)
	// Whoever is large today was small yesterday.
	held := func(domain string, slice time.Time, _ time.Duration, _ int64) (int64, bool) {
		number := numberOf(domain)
		if slice.Day() == noon.Day() {
			return number, true
		}
		return 1000 - number, true
	}
	l := newLab(t, setup{api: cdnsim.Options{Domains: domains, Held: held}, json: map[string]any{"callsPerSecond": 100}})
	largest := []string{"site-00150.example.com", "site-00149.example.com"}
	const both = `{"domainMode":"all","topN":2,"topBy":"originFlow"`
	assert.Equal(t, largest, labels(l.frames(hour(both+`}`))))
	assert.Equal(t, largest, labels(l.frames(hour(both+`,"timeShift":"1d"}`))))
	own := labels(l.frames(hour(`{"domainMode":"all","topN":2,"timeShift":"1d"}`)))
	assert.Equal(t, []string{"site-00001.example.com", "site-00002.example.com"}, own)
}

func TestAPanelWhoseTimeIsUpMakesNoMoreCalls(t *testing.T) {
	hanging := func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation == listing {
			return nil
		}
		return &cdnsim.Fault{Hang: true}
	}
	inBubble(t, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(300), Fault: hanging}, json: map[string]any{"callsPerSecond": 100}}, func(l *lab) {
		assert.Error(l, l.ask(hour(`{"domainMode":"all"}`)).Error)
		atOnce := len(l.calls(flow))
		time.Sleep(time.Second)
		assert.LessOrEqual(l, atOnce, 64)
		assert.Len(l, l.calls(flow), atOnce)
	})
}

func TestOfRatiosOfMoreDomainsThanCanBeReadThoseOfTheBusiestAreShown(t *testing.T) {
	domains := cdnsim.HeavyDomains(1200)
	l := newLab(t, setup{api: cdnsim.Options{Domains: domains}, json: map[string]any{"callsPerSecond": 100}})
	frames := l.frames(hour(`{"queryType":"originShare","domainMode":"all","topN":5}`))
	assert.ElementsMatch(t, ranked(domains, 67*time.Minute, cdnsim.EdgeTraffic)[:5], labels(frames))
	assert.Equal(t, []string{"The 5 of 1200 domains with the most edge flow."}, noticesOf(frames))
}

func TestTheLargestLinesOfStatusCodesOfMany(t *testing.T) {
	domains := cdnsim.HeavyDomains(150)
	l := newLab(t, setup{api: cdnsim.Options{Domains: domains}, json: map[string]any{"callsPerSecond": 100}})
	query := `{"queryType":"edgeStatus","domainMode":"all","unit":"count","statusCodes":["4xx","5xx"]%s}`
	all := l.frames(hour(fmt.Sprintf(query, "")))
	sum := func(i int) (sum float64) {
		for row := range all[i].Rows() {
			value, _ := all[i].Fields[1].FloatAt(row)
			sum += value
		}
		return sum
	}
	numbers := make([]int, len(all))
	for i := range numbers {
		numbers[i] = i
	}
	slices.SortStableFunc(numbers, func(a, b int) int { return cmp.Compare(sum(b), sum(a)) })
	var want, got []string
	for _, i := range numbers[:7] {
		want = append(want, all[i].Fields[1].Labels.String())
	}
	for _, f := range l.frames(hour(fmt.Sprintf(query, `,"topN":7`))) {
		got = append(got, f.Fields[1].Labels.String())
	}
	assert.Equal(t, want, got)
}

func TestWhereListsAreRefusedTheLargestAreFoundOneByOne(t *testing.T) {
	domains := cdnsim.HeavyDomains(150)
	l := newLab(t, setup{
		api:  cdnsim.Options{Domains: domains, NoLists: true, Retired: true},
		json: map[string]any{"callsPerSecond": 100},
	})
	frames := l.frames(hour(`{"domainMode":"all","topN":5}`))
	assert.Equal(t, ranked(domains, 67*time.Minute, cdnsim.Traffic)[:5], labels(frames))
	assert.Less(t, len(l.calls(traffic)), 190)
	t.Log(len(l.calls(traffic)))
}

func TestASearchThatIsNotPermittedSaysSo(t *testing.T) {
	l := newLab(t, setup{
		api: cdnsim.Options{Domains: cdnsim.ManyDomains(150), Denied: []string{flow}}, json: map[string]any{"callsPerSecond": 100},
	})
	response := l.ask(hour(`{"domainMode":"all","topN":5}`))
	assert.Equal(t, backend.StatusForbidden, response.Status)
	assert.ErrorContains(t, response.Error, "cdn:"+flow)
	frames := l.frames(hour(`{"domainMode":"all","topN":5,"onForbidden":"notice"}`))
	require.Len(t, noticesOf(frames), 1)
	assert.Contains(t, noticesOf(frames)[0], "No origin flow: The RAM user may not call")
}

func TestTheDemoAccountIsAsLargeAsWanted(t *testing.T) {
	small := newLab(t, setup{json: map[string]any{"authType": "demo"}})
	large := newLab(t, setup{json: map[string]any{"authType": "demo", "demoDomains": 1200}})
	assert.NotEqual(t, small.source.settings.account(), large.source.settings.account())
	frames := large.frames(hour(`{"domainMode":"all","topN":3}`))
	assert.Equal(t, []string{"The 3 of 1200 domains with the most origin flow."}, noticesOf(frames))
	assert.Len(t, small.frames(hour(`{"domainMode":"all"}`)), len(cdnsim.DemoDomains()))
}

func TestMoreDomainsThanSeriesOfferAWayOut(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(1200)}})
	response := l.ask(hour(`{"domainMode":"all"}`))
	assert.Equal(t, backend.StatusBadRequest, response.Status)
	assert.EqualError(t, response.Error, "the query selects 1200 domains, more than 1000; keep the largest (topN), "+
		"merge them into one series or narrow the selection")
}

func TestAFilterKeepsTheDomainsWhoseNamesMatch(t *testing.T) {
	for name, c := range map[string]struct {
		query string
		want  []string
	}{
		"all":                {`{"domainMode":"all","domainFilter":"^(img|api)\\."}`, []string{"api.example.com", "img.example.com"}},
		"a list":             {`{"domains":["img.example.com","www.example.com"],"domainFilter":"img"}`, []string{"img.example.com"}},
		"a pattern":          {`{"domainMode":"regex","domainPattern":"com$","domainFilter":"img"}`, []string{"img.example.com"}},
		"all, merged":        {`{"domainMode":"all","mergeDomains":true,"domainFilter":"^(img|api)\\."}`, []string{`^(img|api)\.`}},
		"the largest":        {`{"domainMode":"all","topN":1,"domainFilter":"^(img|api)\\."}`, []string{"img.example.com"}},
		"an empty one":       {`{"domainMode":"all","mergeDomains":true,"domainFilter":""}`, []string{"*"}},
		"a list, merged":     {`{"domains":["img.example.com","www.example.com"],"mergeDomains":true,"domainFilter":"img"}`, []string{"img.example.com"}},
		"a pattern's merged": {`{"domainMode":"regex","domainPattern":"com$","mergeDomains":true,"domainFilter":"img"}`, []string{"com$"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, labels(newLab(t, setup{}).frames(hour(c.query))))
		})
	}
	t.Run("nothing", func(t *testing.T) {
		for _, query := range []string{`{"domainMode":"all","domainFilter":"^x"}`, `{"domains":["img.example.com"],"domainFilter":"^x"}`} {
			frames := newLab(t, setup{}).frames(hour(query))
			assert.Equal(t, []string{`No domain of the account matches "^x".`}, noticesOf(frames))
		}
	})
	t.Run("what is none", func(t *testing.T) {
		response := newLab(t, setup{}).ask(hour(`{"domainMode":"all","domainFilter":"(","topBy":"hitRatio"}`))
		assert.Equal(t, backend.StatusBadRequest, response.Status)
		lines := strings.Split(response.Error.Error(), "\n")
		require.Len(t, lines, 2)
		assert.Contains(t, lines[0], "domainFilter: error parsing regexp")
		assert.Contains(t, lines[1], `topBy: "hitRatio" is not one of edgeFlow, edgeRequests, originFlow, originRequests, own`)
	})
}
