package originflow

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// some are the names of a number of domains, the n-th of which is offline, 0 for none.
func some(count, offline int) (names []string, domains []cdnsim.Domain) {
	for i := range count {
		d := cdnsim.Domain{Name: fmt.Sprintf("site-%03d.example.com", i+1)}
		if i+1 == offline {
			d.Status = "offline"
		}
		domains, names = append(domains, d), append(names, d.Name)
	}
	return names, domains
}

// requireSum compares a merged series with the sum of its domains.
func (l *lab) requireSum(series Series, names []string) {
	l.Helper()
	require.NotEmpty(l, series.Slices)
	for _, s := range series.Slices {
		require.InEpsilon(l, sumOf(names, s.Start), s.Volume, 1e-9)
	}
}

// merged asks for the last hour of domains as one series.
func merged(names []string) Request {
	request := last(time.Hour)
	request.Targets = []Target{{Name: "merged", Domains: names}}
	return request
}

func TestOneOfflineDomainDoesNotTakeTheMergedSeriesAway(t *testing.T) {
	names, domains := some(64, 23)
	others := append(append([]string{}, names[:22]...), names[23:]...)
	inLab(t, cdnsim.Options{Domains: domains, OfflineRefused: true}, func(l *lab) {
		series := l.read(merged(names))
		assert.Equal(t, []string{"site-023.example.com"}, series.LeftOut)
		l.requireSum(series, others)
		assert.LessOrEqual(t, l.calls(), 1+2*6, "found by halves")

		t.Log("from then on it is asked for on its own, once a minute")
		l.requireSum(l.read(merged(names)), others)
		assert.LessOrEqual(t, l.calls(), 1, "the others together")
		for range 5 {
			time.Sleep(time.Minute)
			series := l.read(merged(names))
			assert.Equal(t, []string{"site-023.example.com"}, series.LeftOut)
			l.requireSum(series, others)
			assert.LessOrEqual(t, l.calls(), 2)
		}

		t.Log("and counts again when it is back")
		l.sim.Change(func(o *cdnsim.Options) { o.OfflineRefused = false })
		time.Sleep(time.Minute)
		series = l.read(merged(names))
		assert.Empty(t, series.LeftOut)
		l.requireSum(series, names)
	})
}

func TestAnAPIThatTakesNoListsIsAskedForOneDomainAtATime(t *testing.T) {
	names, domains := some(40, 0)
	inLab(t, cdnsim.Options{Domains: domains, NoLists: true}, func(l *lab) {
		series := l.read(merged(names))
		assert.Empty(t, series.LeftOut)
		l.requireSum(series, names)
		assert.LessOrEqual(t, l.calls(), 40+9, "a few to find out")

		l.requireSum(l.read(merged(names[:30])), names[:30])
		assert.Zero(t, l.calls(), "each domain is held by itself, whatever it is summed up with")
		time.Sleep(5 * time.Minute)
		l.requireSum(l.read(merged(names)), names)
		assert.Equal(t, 40, l.calls(), "it need not be found out again")
	})
}

func TestADomainThatComesOnlineInBetweenIsNoEvidenceAgainstLists(t *testing.T) {
	names, domains := some(2, 2)
	var sim *cdnsim.Server
	back := func(call cdnsim.Call) *cdnsim.Fault {
		if call.Params["DomainName"] == names[0] {
			sim.Change(func(o *cdnsim.Options) { o.OfflineRefused = false })
		}
		return nil
	}
	inLab(t, cdnsim.Options{Domains: domains, OfflineRefused: true, Fault: back}, func(l *lab) {
		sim = l.sim
		l.requireSum(l.read(merged(names)), names)
		l.calls()
		time.Sleep(5 * time.Minute)
		l.requireSum(l.read(merged(names)), names)
		assert.Equal(t, 1, l.calls())
	})
}

func TestAllRefusedIsAFailure(t *testing.T) {
	inLab(t, cdnsim.Options{}, func(l *lab) {
		result := l.reader.Read(context.Background(), merged([]string{"gone.example.com", "lost.example.com"}))
		assert.Equal(t, cdn.UnknownDomain, kindOf(result.Series[0].Err))
		assert.Empty(t, result.Series[0].LeftOut)
	})
}

func TestWhatIsHeldOfADomainIsShownWhileItIsOffline(t *testing.T) {
	inLab(t, cdnsim.Options{Domains: []cdnsim.Domain{{Name: domain}}, OfflineRefused: true}, func(l *lab) {
		held := len(l.read(last(24 * time.Hour)).Slices)
		l.sim.SetDomains([]cdnsim.Domain{{Name: domain, Status: "offline"}})
		for range 20 {
			time.Sleep(30 * time.Second)
			series := l.reader.Read(context.Background(), last(24*time.Hour)).Series[0]
			require.GreaterOrEqual(t, len(series.Slices), held-3, "what has left the range, and no more")
		}
	})
}

func TestALongListMakesNoURLThatGatewaysRefuse(t *testing.T) {
	var names []string
	var domains []cdnsim.Domain
	for i := range 300 {
		name := fmt.Sprintf("%s-%03d.%s.example.com", strings.Repeat("a", 50), i, strings.Repeat("b", 50))
		names, domains = append(names, name), append(domains, cdnsim.Domain{Name: name})
	}
	inLab(t, cdnsim.Options{Domains: domains}, func(l *lab) { // the gateway of the simulation refuses more than 8 KiB
		l.requireSum(l.read(merged(names)), names)
	})
}
