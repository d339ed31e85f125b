package plugin

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestNoticesSayWhatAUserCouldNotGuess(t *testing.T) {
	t.Run("that what was taken as final has changed, once", func(t *testing.T) {
		l := newLab(t, setup{api: cdnsim.Options{Held: func(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
			return final, age >= 22*time.Minute
		}}})
		assert.Empty(t, noticesOf(l.frames(hour(`{"domains":["www.example.com"]}`))))
		l.later(5 * time.Minute)
		notices := noticesOf(l.frames(hour(`{"domains":["www.example.com"]}`)))
		require.Len(t, notices, 1)
		assert.Contains(t, notices[0], "Slices that were taken as final and have other values now: 1.")
		assert.Contains(t, notices[0], "raise dataDelay")
		assert.Empty(t, noticesOf(l.frames(hour(`{"domains":["www.example.com"]}`))))
	})
	t.Run("that the cache is too small", func(t *testing.T) {
		l := newLab(t, setup{
			api: cdnsim.Options{Domains: cdnsim.ManyDomains(40)}, json: map[string]any{"cacheMaxMB": 1, "callsPerSecond": 100},
		})
		month := days(30, names(20), "off")
		l.frames(month)
		notices := noticesOf(l.frames(month))
		require.Len(t, notices, 1)
		assert.Contains(t, notices[0], "Raise cacheMaxMB")
	})
	t.Run("what a merged list was summed up without", func(t *testing.T) {
		l := newLab(t, setup{})
		frames := l.frames(hour(`{"domains":["www.example.com","gone.example.com","img.example.com"],"mergeDomains":true}`))
		require.Len(t, frames, 1)
		assert.Equal(t, []string{"www.example.com,gone.example.com,img.example.com"}, labels(frames))
		requireSlices(t, frames[0], []string{"www.example.com", "img.example.com"},
			noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, 8)
		require.Len(t, noticesOf(frames), 1)
		assert.Contains(t, noticesOf(frames)[0], "The merged series is the sum without gone.example.com, unknown to the API or offline.")
	})
	t.Run("but not that a merged pattern is the sum without a domain that is offline", func(t *testing.T) {
		l := newLab(t, setup{api: cdnsim.Options{OfflineRefused: true}})
		frames := l.frames(hour(`{"domainMode":"regex","domainPattern":"example.org$","mergeDomains":true}`))
		require.Len(t, frames, 1)
		requireSlices(t, frames[0], []string{"shop.example.org", "docs.example.org"},
			noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, 8)
		assert.Empty(t, noticesOf(frames))
	})
	t.Run("that the list of domains is old", func(t *testing.T) {
		broken := false
		l := newLab(t, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
			if broken && call.Operation == listing {
				return &cdnsim.Fault{Error: &cdnsim.Error{Status: http.StatusForbidden, Code: "Forbidden.RAM"}}
			}
			return nil
		}}, json: map[string]any{"callsPerSecond": 100}})
		all := question{query: `{"domainMode":"all"}`, from: time.Hour}
		count := len(l.frames(all))
		broken = true
		l.later(6 * time.Minute)
		frames := l.frames(all)
		assert.Len(t, frames, count)
		assert.Contains(t, noticesOf(frames)[0], "The list of domains is that of 2024-05-15 12:07 UTC; there is no newer one: The RAM user may not")
	})
}

func TestAMergedListHasABound(t *testing.T) {
	var domains []string
	for i := range maxMerged + 1 {
		domains = append(domains, fmt.Sprintf("d%d.example.com", i))
	}
	l := newLab(t, setup{})
	response := l.ask(hour(string(mustJSON(t, map[string]any{"domains": domains, "mergeDomains": true}))))
	assert.ErrorContains(t, response.Error, "the query selects 5001 domains, more than 5000; narrow the selection")
	assert.Empty(t, l.sim.Calls())
}
