package plugin

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// gate holds calls back until it is opened.
type gate struct {
	next http.Handler
	// arrived gets a value for each call that is held back.
	arrived chan struct{}
	opened  chan struct{}
	open    func()
}

func newGate() *gate {
	g := &gate{arrived: make(chan struct{}, 100), opened: make(chan struct{})}
	g.open = sync.OnceFunc(func() { close(g.opened) })
	return g
}

// ServeHTTP answers once the gate is open, or never.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.arrived <- struct{}{}
	select {
	case <-g.opened:
		g.next.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// gated is a tenant whose API holds calls back.
func gated(t *testing.T, id int64) (tenant, *gate) {
	g := newGate()
	tn := newTenantBehind(t, id, cdnsim.Options{}, func(api http.Handler) http.Handler {
		g.next = api
		return g
	})
	t.Cleanup(g.open)
	return tn, g
}

// outcomeOf is what became of a query.
type outcomeOf struct {
	response *backend.QueryDataResponse
	err      error
}

// inBackground asks a process, and returns where the outcome will be, once the API was called.
func (tn tenant) inBackground(b *binary, g *gate, hours int) <-chan outcomeOf {
	request, _, _ := tn.lastHours(hours)
	outcomes := make(chan outcomeOf, 1)
	go func() {
		response, err := b.QueryData(context.Background(), request)
		outcomes <- outcomeOf{response, err}
	}()
	<-g.arrived
	return outcomes
}

// requireRight asks a process for final slices, which have to be right.
func (tn tenant) requireRight(t *testing.T, b *binary) {
	t.Helper()
	request, from, to := tn.lastHours(3)
	response, err := b.QueryData(t.Context(), request)
	require.NoError(t, err)
	tn.requireThat(t, response, from, to)
}

func (tn tenant) requireThat(t *testing.T, response *backend.QueryDataResponse, from, to time.Time) {
	t.Helper()
	require.NoError(t, response.Responses["A"].Error)
	require.Len(t, response.Responses["A"].Frames, 1)
	requireSlices(t, response.Responses["A"].Frames[0], []string{tn.domain}, from, to, 5*time.Minute, 1)
}

// endsWithin waits for the process to end, and returns its exit code: -1 after a signal.
func (b *binary) endsWithin(t *testing.T, most time.Duration) int {
	t.Helper()
	require.Eventually(t, b.client.Exited, most, 10*time.Millisecond, "the process goes on")
	return b.process.ProcessState.ExitCode()
}

func TestAProcessThatIsTerminatedAnswersFirst(t *testing.T) {
	executable := buildBinary(t)
	t.Run("which takes a moment", func(t *testing.T) {
		t.Parallel()
		b := launch(t, executable)
		tn, g := gated(t, 21)
		_, from, to := tn.lastHours(3)
		outcomes := tn.inBackground(b, g, 3)
		require.NoError(t, b.process.Process.Signal(syscall.SIGTERM))
		// New ones are not taken any more, from some moment on.
		other, _, _ := tn.lastHours(1)
		require.Eventually(t, func() bool {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := b.QueryData(ctx, other)
			return status.Code(err) == grpccodes.Unavailable
		}, 2*time.Second, 10*time.Millisecond)
		g.open()
		outcome := <-outcomes
		require.NoError(t, outcome.err)
		tn.requireThat(t, outcome.response, from, to)
		assert.Zero(t, b.endsWithin(t, 10*time.Second))
	})
	t.Run("or says that it will not", func(t *testing.T) {
		t.Parallel()
		b := launch(t, executable)
		tn, g := gated(t, 22)
		outcomes := tn.inBackground(b, g, 3)
		require.NoError(t, b.process.Process.Signal(syscall.SIGTERM))
		outcome := <-outcomes
		require.NoError(t, outcome.err)
		assert.ErrorContains(t, outcome.response.Responses["A"].Error, "canceled")
		assert.Zero(t, b.endsWithin(t, 10*time.Second))
	})
	t.Run("and ends at once where nobody asks", func(t *testing.T) {
		t.Parallel()
		b := launch(t, executable)
		tn, g := gated(t, 23)
		g.open()
		for range 3 {
			tn.requireRight(t, b)
		}
		require.NoError(t, b.process.Process.Signal(syscall.SIGTERM))
		assert.Zero(t, b.endsWithin(t, 5*time.Second))
		b.stop()
		assert.Equal(t, 1, strings.Count(b.log.String(), "Read metric"), "what is held is not worth a line in the log")
	})
	t.Run("but not Grafana's own way to end it", func(t *testing.T) {
		t.Parallel()
		b := launch(t, executable)
		tn, g := gated(t, 24)
		outcomes := tn.inBackground(b, g, 3)
		b.stop()
		outcome := <-outcomes
		require.Error(t, outcome.err)
		assert.Contains(t, []grpccodes.Code{grpccodes.Unavailable, grpccodes.Canceled}, status.Code(outcome.err), outcome.err)
		assert.Zero(t, b.process.ProcessState.ExitCode())
	})
}

// TestAKilledProcessStartsAgain does what Grafana does with a plugin whose process is gone: it starts the same executable
// again.
func TestAKilledProcessStartsAgain(t *testing.T) {
	executable := buildBinary(t)
	temporary, err := os.MkdirTemp("", "cdn") // not the test's, as the paths of sockets must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	start := func() *binary { return launch(t, executable, "TMPDIR="+temporary) }
	const kills = 3
	b := start()
	for i := range int64(kills) {
		tn, g := gated(t, 25+i)
		outcomes := tn.inBackground(b, g, 3)
		require.NoError(t, b.process.Process.Kill())
		outcome := <-outcomes
		assert.Equal(t, grpccodes.Unavailable, status.Code(outcome.err), outcome.err)
		assert.Equal(t, -1, b.endsWithin(t, 10*time.Second))
		address := b.client.ReattachConfig().Addr
		assert.Equal(t, "unix", address.Network(), "there is no port to be left behind")
		_, err := net.Dial(address.Network(), address.String())
		require.Error(t, err)

		b = start()
		assert.NotEqual(t, address.String(), b.client.ReattachConfig().Addr.String())
		g.open()
		tn.requireRight(t, b)
	}
	b.stop()
	// What remains is what every plugin leaves that is killed: the names of the sockets, which are of no use to anybody and
	// stand in nobody's way.
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Len(t, left, kills)
	for _, file := range left {
		assert.Equal(t, os.ModeSocket, file.Type(), file.Name())
	}
	beside, err := os.ReadDir(filepath.Dir(executable))
	require.NoError(t, err)
	assert.Len(t, beside, 1, "the executable")
}
