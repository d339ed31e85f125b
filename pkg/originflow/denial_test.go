package originflow

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestWhatOneOperationRefusesAnotherMayTell(t *testing.T) {
	offline := cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
	inLab(t, cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation == cdn.TrafficData.Name() {
			return &offline
		}
		return nil
	}}, func(l *lab) {
		for range 3 {
			assert.Equal(t, cdn.Offline, l.fails(of("edgeFlow", last(time.Hour))).Kind())
			require.NotEmpty(l, l.read(of("edgeRequests", last(time.Hour))).Slices)
		}
		assert.Equal(t, map[string]int{cdn.TrafficData.Name(): 1, cdn.QPSData.Name(): 1}, l.callsByOperation())
	})
}

func TestADomainThatOneOperationRefusesIsLeftOutOfBothSums(t *testing.T) {
	names, domains := some(16, 0)
	others := append(append([]string{}, names[:4]...), names[5:]...)
	for metric, operations := range map[string][]string{
		"hitRatio":    {cdn.HitRateData.Name(), cdn.TrafficData.Name()},
		"originShare": {cdn.SrcFlowData.Name(), cdn.TrafficData.Name()},
	} {
		for _, operation := range operations {
			t.Run(metric+" without "+operation, func(t *testing.T) {
				refused := cdnsim.Fault{Error: &cdnsim.Error{Status: 404, Code: "InvalidDomain.Offline"}}
				inLab(t, cdnsim.Options{Domains: domains, Fault: func(call cdnsim.Call) *cdnsim.Fault {
					if call.Operation == operation && strings.Contains(call.Params["DomainName"], names[4]) {
						return &refused
					}
					time.Sleep(10 * time.Millisecond) // the answer of the other comes last
					return nil
				}}, func(l *lab) {
					for range 3 {
						series := l.read(together(of(metric, last(time.Hour)), names...))
						assert.Equal(t, []string{names[4]}, series.LeftOut)
						now := time.Now().UTC().Truncate(5 * time.Minute)
						l.requireQuotient(series, metric, others, now.Add(-time.Hour), now.Add(-15*time.Minute), nil)
						l.calls()
						time.Sleep(5 * time.Minute)
					}
					l.read(together(of(metric, last(time.Hour)), names...))
					assert.LessOrEqual(t, l.calls(), 4, "it need not be found again by halves each time")
				})
			})
		}
	}
}
