//go:build unix

package plugin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// final is a question about what was final an hour ago: time that passes changes nothing about it.
func final(q question) question {
	q.from, q.to = q.from+time.Hour, time.Hour
	return q
}

// newSharing is a lab with a large account, and a data source that shares by a URL, none if that is "".
func newSharing(t testing.TB, domains int, url string) *lab {
	return newLab(t, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(domains), Record: -1}, json: sharingBy(url)})
}

func sharingBy(url string) map[string]any {
	return map[string]any{"callsPerSecond": 100, "sharedCacheURL": url}
}

// restart makes another data source, which knows nothing yet. One that shares is used once, for a domain: it waits for the
// server as long as a process does after its start.
func (l *lab) restart(url string, first question) {
	l.Helper()
	l.source.Dispose()
	l.source = newDatasource(context.Background(), l.instance(setup{json: sharingBy(url)}), l.now)
	if url != "" {
		require.Zero(l, callsOf(l, first))
	}
}

// callsOf asks a question, and returns how many calls that took.
func callsOf(l *lab, q question) (calls int) {
	l.Helper()
	for _, f := range l.frames(q) {
		calls += f.Meta.Custom.(frameMeta).Calls
	}
	return calls
}

// settled waits until the server has what was fetched, which no query waits for.
func settled(t testing.TB, client *redis.Client, pages int) {
	t.Helper()
	require.Eventually(t, func() bool {
		return len(pagesOf(t, client)) >= pages
	}, time.Minute, 5*time.Millisecond)
}

// pagesOf are the keys of values, all but one of which are blocks of slices.
func pagesOf(t testing.TB, client *redis.Client) []string {
	t.Helper()
	keys, err := client.Keys(context.Background(), "*:v:*").Result()
	require.NoError(t, err)
	return keys
}

// processor is the processor time that this process took.
func processor() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // fails for other arguments only
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkSharedCache compares where the slices of a query come from, for a dashboard of 100 domains and 7 days: by the
// clock, and by the processor time of the plugin, which other load of the machine hardly changes.
func BenchmarkSharedCache(b *testing.B) {
	const domains, blocks = 101, 8
	server := servertest.Start(b)
	dashboard := final(days(7, names(100), "off"))
	another := final(days(7, names(domains)[100:], "off"))
	type cost struct{ clock, processor time.Duration }
	took := map[string]cost{}
	for _, c := range []struct{ name, url, against string }{
		{name: "memory, alone"},
		{name: "memory, shared", url: server.URL(), against: "memory, alone"},
		{name: "server", url: server.URL(), against: "memory, alone"},
		{name: "API", against: "server"},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := newSharing(b, domains, c.url)
			callsOf(l, dashboard)
			callsOf(l, another)
			if c.url != "" {
				settled(b, server.Client(), domains*blocks+1)
			}
			isFresh := !strings.HasPrefix(c.name, "memory")
			b.ReportAllocs()
			var used time.Duration
			for b.Loop() {
				if isFresh {
					b.StopTimer()
					l.restart(c.url, another)
					b.StartTimer()
				}
				before := processor()
				response := l.ask(dashboard)
				used += processor() - before
				if response.Error != nil || len(response.Frames) != 100 {
					b.Fatal(response.Error, len(response.Frames))
				}
			}
			took[c.name] = cost{b.Elapsed() / time.Duration(b.N), used / time.Duration(b.N)}
			b.ReportMetric(float64(took[c.name].processor), "cpu-ns/op")
			if base, ok := took[c.against]; ok {
				b.ReportMetric(float64(took[c.name].clock)/float64(base.clock), "x-clock")
				b.ReportMetric(float64(took[c.name].processor)/float64(base.processor), "x-cpu")
			}
		})
	}
}

// tap is a way to a server that notes what is asked in each round trip.
type tap struct {
	net.Listener
	server string

	mu   sync.Mutex
	asks [][]byte
}

func startTap(t *testing.T, server string) *tap {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &tap{Listener: listener, server: server}
	go func() {
		for {
			client, err := p.Accept()
			if err != nil {
				return
			}
			go p.carry(client)
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return p
}

// carry passes on one connection. What comes from the client belongs together until the server answers.
func (p *tap) carry(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	isNew := true // the next that the client sends
	go func() {
		_, _ = io.Copy(client, tee{server, func([]byte) { isNew = true }, &p.mu})
		_ = client.Close()
	}()
	_, _ = io.Copy(server, tee{client, func(part []byte) {
		if isNew {
			p.asks = append(p.asks, nil)
			isNew = false
		}
		last := &p.asks[len(p.asks)-1]
		*last = append(*last, part...)
	}, &p.mu})
	_ = server.Close()
}

// tee shows what is read.
type tee struct {
	io.Reader
	show func([]byte)
	*sync.Mutex
}

// Read reads.
func (t tee) Read(part []byte) (int, error) {
	n, err := t.Reader.Read(part)
	t.Lock()
	defer t.Unlock()
	if n > 0 {
		t.show(part[:n])
	}
	return n, err
}

// trips are the round trips since the last time, but for heartbeats.
func (p *tap) trips() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ask := range p.asks {
		if !bytes.Contains(ask, []byte(":replicas\r\n")) {
			all = append(all, fmt.Sprintf("%.60q (%d bytes)", ask, len(ask)))
		}
	}
	p.asks = nil
	return all
}

func TestAQueryOfWhatIsSharedTakesOneRoundTrip(t *testing.T) {
	server := servertest.Start(t)
	way := startTap(t, server.Address())
	url := "redis://" + way.Addr().String()
	l := newSharing(t, 21, url)
	dashboard, another := final(days(7, names(20), "off")), final(days(7, names(21)[20:], "off"))
	callsOf(l, dashboard)
	callsOf(l, another)
	settled(t, server.Client(), 21*8+1)
	way.trips()
	assert.Zero(t, callsOf(l, dashboard))
	assert.Empty(t, way.trips(), "what is in memory takes none")

	l.restart(url, another)
	way.trips()
	assert.Zero(t, callsOf(l, dashboard))
	assert.Len(t, way.trips(), 1)
	assert.Zero(t, callsOf(l, dashboard))
	assert.Empty(t, way.trips())
}

// room is what some metric of a domain takes in a server.
type room struct{ keys, bytes, memory, slices int }

func (r room) String() string {
	return fmt.Sprintf("%d slices in %d keys: %d bytes of values, %.2f a slice; %d of memory, %.2f a slice",
		r.slices, r.keys, r.bytes, float64(r.bytes)/float64(r.slices), r.memory, float64(r.memory)/float64(r.slices))
}

func roomFor(t *testing.T, metric, domain string, days int) (r room) {
	t.Helper()
	server := servertest.Start(t)
	l := newLab(t, setup{json: sharingBy(server.URL())})
	q := question{
		query: fmt.Sprintf(`{"queryType":%q,"granularity":"5m","timeMerge":"off","domains":[%q]}`, metric, domain),
		from:  time.Duration(days) * 24 * time.Hour, points: 1000,
	}
	f := l.frames(q)[0]
	r.slices = f.Meta.Custom.(frameMeta).SlicesFetched
	operations := strings.Count(metricTruths[metric].operation, ",") + 1
	client := server.Client()
	settled(t, client, operations*(days+1)+1)
	for _, key := range pagesOf(t, client) {
		length, err := client.StrLen(t.Context(), key).Result()
		require.NoError(t, err)
		memory, err := client.MemoryUsage(t.Context(), key, 0).Result()
		require.NoError(t, err)
		r.keys, r.bytes, r.memory = r.keys+1, r.bytes+int(length), r.memory+int(memory)
	}
	return r
}

func TestASharedSliceTakesTwelveBytesAtMost(t *testing.T) {
	t.Parallel()
	const busy = "video.example.com"
	for _, metric := range []string{"originFlow", "hitRatio", "originStatus"} {
		for _, days := range []int{7, 30} {
			r := roomFor(t, metric, busy, days)
			t.Logf("%s, %d days: %s", metric, days, r)
			if metric != "originStatus" { // which has counts by code
				assert.LessOrEqual(t, float64(r.memory)/float64(r.slices), 12.0)
			}
		}
	}
}
