//go:build unix

package plugin

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/stretchr/testify/require"
)

// replicaClock names the file with the time of a process that is a replica.
const replicaClock = "ALIYUNCDN_TEST_REPLICA_CLOCK"

// TestMain makes this executable the plugin where the environment names a clock: as main does, but in the clock's time. The
// tests log errors alone: what they ask a hundred thousand times would be as many lines. A process logs all.
func TestMain(m *testing.M) {
	path := os.Getenv(replicaClock)
	if path == "" {
		log.DefaultLogger = log.NewWithLevel(log.Error)
		backend.Logger = log.DefaultLogger
		os.Exit(m.Run())
	}
	clock, err := openClock(path)
	if err == nil {
		err = datasource.Manage(ID, func(
			ctx context.Context, instance backend.DataSourceInstanceSettings,
		) (instancemgmt.Instance, error) {
			return newDatasource(ctx, instance, clock.now), nil
		}, datasource.ManageOpts{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// commonClock is one that processes have in common, in a file that all of them have in memory. It shows whole seconds.
type commonClock struct{ *atomic.Int64 }

func openClock(path string) (commonClock, error) {
	const size = 8
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return commonClock{}, err
	}
	defer func() { _ = file.Close() }()
	if err := file.Truncate(size); err != nil {
		return commonClock{}, err
	}
	memory, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return commonClock{}, err
	}
	return commonClock{(*atomic.Int64)(unsafe.Pointer(&memory[0]))}, nil
}

func (c commonClock) now() time.Time { return time.Unix(c.Load(), 0).UTC() }

func (c commonClock) set(t time.Time) { c.Store(t.Unix()) }

// replica is a process of the plugin.
type replica struct {
	*binary
	killed atomic.Bool
}

// kill ends the process as a crash would.
func (r *replica) kill() {
	r.killed.Store(true)
	_ = r.process.Process.Kill() // fails if it ended already
}

// lastWords are the end of its log.
func (r *replica) lastWords() string {
	const enough = 4000
	said := r.log.String()
	return said[max(len(said)-enough, 0):]
}

// launchReplica starts a process whose time is a clock's. One in which the race detector finds something ends.
func launchReplica(t testing.TB, clock string) *replica {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	return &replica{binary: launch(t, executable, replicaClock+"="+clock, "GORACE=halt_on_error=1")}
}
