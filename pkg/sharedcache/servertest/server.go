//go:build unix

// Package servertest runs a real Redis or Valkey server for tests: on a free port, without anything on disk, and only as
// long as the test.
package servertest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// howToInstall is what a test fails with where there is no server.
const howToInstall = "no Redis or Valkey server found: install one (Debian: apt-get install redis-server), " +
	"or name its executable in REDIS_SERVER"

const (
	// startTries is how often another port is tried: another process may take a free one first.
	startTries   = 5
	startTimeout = 10 * time.Second
	pollEvery    = 5 * time.Millisecond
)

// Server is a running server. What does not work fails the test.
type Server struct {
	t          testing.TB
	executable string
	arguments  []string
	password   string
	cluster    bool
	tls        *certificate
	port       int
	process    *exec.Cmd
	ended      chan struct{} // closed when the process is no more
}

// Option changes how a server is started.
type Option func(*Server)

// WithPassword has the server ask for a password.
func WithPassword(password string) Option {
	return func(s *Server) {
		s.password = password
		s.arguments = append(s.arguments, "--requirepass", password)
	}
}

// WithCluster starts a Cluster of a single server, which holds all slots.
func WithCluster() Option {
	return func(s *Server) {
		s.cluster = true
		s.arguments = append(s.arguments, "--cluster-enabled", "yes")
	}
}

// Start starts a server, and stops it when the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{t: t, executable: find(), arguments: []string{
		"--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--appendonly", "no", "--daemonize", "no",
	}}
	if s.executable == "" {
		t.Fatal(howToInstall)
	}
	for _, option := range options {
		option(s)
	}
	t.Cleanup(s.Stop)
	output := ""
	for range startTries {
		s.port = freePort(t)
		if output = s.run(); output == "" {
			return s
		}
	}
	t.Fatalf("the server does not start: %s", output)
	return nil
}

// find returns the path of a server's executable, "" if there is none.
func find() string {
	for _, name := range []string{os.Getenv("REDIS_SERVER"), "valkey-server", "redis-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// run starts the process and waits until it answers. It returns what the process said if it does not.
func (s *Server) run() (failure string) {
	s.t.Helper()
	port := []string{"--port", strconv.Itoa(s.port)}
	if s.tls != nil {
		port = []string{"--port", "0", "--tls-port", strconv.Itoa(s.port)}
	}
	var output bytes.Buffer
	s.process = exec.Command(s.executable, append(port, s.arguments...)...)
	s.process.Stdout, s.process.Stderr = &output, &output
	s.process.SysProcAttr = withTest
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	s.ended = ended
	go func(process *exec.Cmd) {
		defer close(ended)
		_ = process.Wait()
	}(s.process)

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for !s.answers(ctx) {
		select {
		case <-ended:
			return output.String()
		case <-ctx.Done():
			s.Stop()
			return "no answer: " + output.String()
		case <-time.After(pollEvery):
		}
	}
	return ""
}

// answers tells whether the server does, and whether it is the one that was started.
func (s *Server) answers(ctx context.Context) bool {
	client := s.client()
	defer func() { _ = client.Close() }()
	info, err := client.InfoMap(ctx, "server").Result()
	if err != nil || info["Server"]["process_id"] != strconv.Itoa(s.process.Process.Pid) {
		return false
	}
	if s.cluster {
		if client.ClusterAddSlotsRange(ctx, 0, 16383).Err() != nil {
			return false
		}
		for ctx.Err() == nil && client.Get(ctx, "anything").Err() != redis.Nil {
			time.Sleep(pollEvery)
		}
	}
	return true
}

// URL is where the server is; it names no password.
func (s *Server) URL() string {
	scheme := "redis"
	if s.tls != nil {
		scheme = "rediss"
	}
	return scheme + "://" + s.Address()
}

// Address is the server's host and port.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Client returns a client that can do anything to the server; it is closed when the test ends.
func (s *Server) Client() *redis.Client {
	client := s.client()
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

func (s *Server) client() *redis.Client {
	options := &redis.Options{Addr: s.Address(), Password: s.password, DialerRetries: 1}
	if s.tls != nil {
		options.TLSConfig = s.TLS()
	}
	return redis.NewClient(options)
}

// Stop ends the server, as a crash would.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill() // fails if it ended already
	<-s.ended
}

// Restart stops the server if it runs, and starts it on the same port, empty.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	if failure := s.run(); failure != "" {
		s.t.Fatalf("the server does not start again: %s", failure)
	}
}

// Pause has the server answer nobody until [Server.Resume]; connections stay.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Wipe deletes all data.
func (s *Server) Wipe() { s.Do("FLUSHALL") }

// SetMaxMemory bounds the server's memory, in bytes, 0 for no bound; it then refuses to write more and deletes nothing.
func (s *Server) SetMaxMemory(bytes int64) {
	s.t.Helper()
	s.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	s.Do("CONFIG", "SET", "maxmemory", bytes)
}

// Do sends a command.
func (s *Server) Do(arguments ...any) {
	s.t.Helper()
	client := s.client()
	defer func() { _ = client.Close() }()
	if err := client.Do(context.Background(), arguments...).Err(); err != nil {
		s.t.Fatal(err)
	}
}
