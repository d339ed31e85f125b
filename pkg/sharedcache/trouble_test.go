package sharedcache

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache/servertest"
)

// atOnce is longer than an operation takes that does not wait for the server, on a busy machine.
const atOnce = 400 * time.Millisecond

// operations are all that wait for the server.
var operations = map[string]func(context.Context, *Cache) error{
	"Load": func(ctx context.Context, c *Cache) error {
		_, err := c.Load(ctx, []string{"a"})
		return err
	},
	"Save": func(ctx context.Context, c *Cache) error {
		_, err := c.Save(ctx, []Write{{Name: "a", Data: []byte("data"), Unconditional: true, Expires: time.Minute}})
		return err
	},
	"Take": func(ctx context.Context, c *Cache) error {
		l, err := c.Take(ctx, []string{random()}, false)
		if err == nil {
			l.Raise()
			l.Release()
		}
		return err
	},
	"Turn": func(ctx context.Context, c *Cache) error { return c.Turn(ctx, nil, true, fast) },
}

func TestTroubleIsNamedAndDelaysNobodyAndPasses(t *testing.T) {
	t.Parallel()
	for want, trouble := range map[Trouble]struct{ begin, end func(*servertest.Server) }{
		Unreachable: {(*servertest.Server).Stop, (*servertest.Server).Restart},
		TooSlow:     {(*servertest.Server).Pause, (*servertest.Server).Resume},
		Full: {
			func(s *servertest.Server) { s.SetMaxMemory(1) },
			func(s *servertest.Server) { s.SetMaxMemory(0) },
		},
		ReadOnly: {
			func(s *servertest.Server) { s.Do("REPLICAOF", "127.0.0.1", "1") },
			func(s *servertest.Server) { s.Do("REPLICAOF", "NO", "ONE") },
		},
		Denied: {
			func(s *servertest.Server) { s.Do("ACL", "SETUSER", "default", "-hset") },
			func(s *servertest.Server) { s.Do("ACL", "SETUSER", "default", "+hset") },
		},
		Failing: {
			func(s *servertest.Server) { s.Do("CONFIG", "SET", "min-replicas-to-write", "3") },
			func(s *servertest.Server) { s.Do("CONFIG", "SET", "min-replicas-to-write", "0") },
		},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			server := servertest.Start(t)
			c := ready(t, server)
			save(t, c, "a", "data")

			trouble.begin(server)
			started := time.Now()
			_ = operations["Save"](t.Context(), c)
			require.Less(t, time.Since(started), operationTimeout+atOnce)
			eventually(t, c, want)
			for name, operation := range operations {
				started := time.Now()
				require.ErrorIs(t, operation(t.Context(), c), ErrUnavailable, name)
				require.Less(t, time.Since(started), atOnce, name)
			}
			c.Throttled(t.Context(), fast)
			require.Equal(t, 1, c.State().Replicas, "as last counted")

			trouble.end(server)
			eventually(t, c, "")
			for name, operation := range operations {
				require.NoError(t, operation(t.Context(), c), name)
			}
		})
	}
}

func TestACallersOwnTimeIsNoTroubleOfTheServer(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	c := ready(t, server)
	server.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Load(ctx, []string{"a"})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	gone, leave := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, leave)
	_, err = c.Load(gone, []string{"a"})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, c.State().Trouble)
	server.Resume()
}

func TestAskingMuchAtOnceIsNoTroubleOfTheServer(t *testing.T) {
	t.Parallel()
	c := ready(t, servertest.Start(t))
	var taken []*redis.Conn
	for range connections {
		conn := c.client.(*redis.Client).Conn()
		require.NoError(t, conn.Ping(t.Context()).Err())
		taken = append(taken, conn)
	}
	for name, operation := range operations {
		require.ErrorIs(t, operation(t.Context(), c), ErrUnavailable, name)
	}
	require.Empty(t, c.State().Trouble)
	for _, conn := range taken {
		require.NoError(t, conn.Close())
	}
	require.NoError(t, operations["Load"](t.Context(), c))
}

func TestAServerThatIsNotThereYetIsStartingThenUsed(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	server.Pause()
	c := open(t, configOf(server))
	require.Equal(t, State{Trouble: Starting}, c.State())
	started := time.Now()
	require.ErrorIs(t, operations["Load"](t.Context(), c), ErrUnavailable)
	require.Less(t, time.Since(started), operationTimeout+atOnce)
	require.NotEmpty(t, c.State().Trouble)
	server.Resume()
	eventually(t, c, "")

	warm := open(t, configOf(server))
	require.NoError(t, operations["Load"](t.Context(), warm), "the first operation waits for the first answer")
}

func TestAPasswordThatIsWrongIsNamedAndNotTold(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t, servertest.WithPassword("s3cret"))
	for _, password := range []string{"", "wr0ng"} {
		config := configOf(server)
		config.Password = password
		c := open(t, config)
		eventually(t, c, Denied)
		require.ErrorIs(t, operations["Load"](t.Context(), c), ErrUnavailable)
	}
	config := configOf(server)
	config.Password = "s3cret"
	c := open(t, config)
	eventually(t, c, "")
	config.URL = strings.Replace(config.URL, "://", "://default@", 1)
	eventually(t, open(t, config), "")

	config = configOf(server)
	config.Password = "later"
	late := open(t, config)
	eventually(t, late, Denied)
	server.Do("CONFIG", "SET", "requirepass", "later")
	eventually(t, late, "")
}

// permissions are what the package's documentation says that the server's user needs.
func permissions(t *testing.T) []any {
	t.Helper()
	text, err := os.ReadFile("sharedcache.go")
	require.NoError(t, err)
	line := regexp.MustCompile(`(?m)^//\t(eval .*)$`).FindSubmatch(text)
	require.NotNil(t, line)
	var needed []any
	for _, command := range strings.Fields(string(line[1])) {
		needed = append(needed, "+"+command)
	}
	return needed
}

func TestAUserNeedsThePermissionsThatAreDocumented(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	needed := permissions(t)
	// user makes one who may do what is needed, and how to use the server as that one.
	user := func(name string, but ...any) Config {
		rights := append([]any{"ACL", "SETUSER", name, "on", ">s3cret", "~" + DefaultPrefix + ":*", "-@all"}, needed...)
		server.Do(append(rights, but...)...)
		config := configOf(server)
		config.URL = strings.Replace(config.URL, "://", "://"+name+"@", 1)
		config.Password = "s3cret"
		return config
	}
	config := user("grafana")
	c := open(t, config)
	eventually(t, c, "")
	for name, operation := range operations {
		require.NoError(t, operation(t.Context(), c), name)
	}
	for _, one := range needed {
		command := strings.TrimPrefix(one.(string), "+")
		if command == "zrem" || command == "eval" {
			continue // on leaving, and on a server that does not know the scripts yet
		}
		denied, err := Open(user("without-"+command, "-"+command))
		require.NoError(t, err)
		eventually(t, denied, Denied)
		denied.Close()
	}

	config.Prefix = "another"
	eventually(t, open(t, config), Denied)
}

func TestTLSIsSpokenWithWhomIsTrusted(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t, servertest.WithTLS())
	config := configOf(server)
	eventually(t, open(t, config), Untrusted)
	config.TLS = server.TLS()
	eventually(t, open(t, config), "")
	config.TLS = &tls.Config{RootCAs: server.TLS().RootCAs, ServerName: "another.example"}
	eventually(t, open(t, config), Untrusted)
	config.TLS = server.TLS()
	config.URL = strings.Replace(config.URL, "127.0.0.1", "localhost", 1) // not in the certificate
	eventually(t, open(t, config), Untrusted)

	// among are troubles that one may have, as it depends on who hangs up first.
	among := func(config Config, troubles ...Trouble) {
		c := open(t, config)
		require.Eventually(t, func() bool { return slices.Contains(troubles, c.State().Trouble) }, soon, 5*time.Millisecond)
	}
	config = configOf(server)
	config.URL = strings.Replace(config.URL, "rediss:", "redis:", 1)
	among(config, Unreachable)
	config = configOf(servertest.Start(t))
	config.URL = strings.Replace(config.URL, "redis:", "rediss:", 1)
	among(config, Untrusted, TooSlow)
	server.Do("CONFIG", "SET", "tls-auth-clients", "yes")
	config = configOf(server)
	config.TLS = server.TLS()
	among(config, Untrusted, Unreachable)
}

func TestConnectionsAreOpenedAsConfigured(t *testing.T) {
	t.Parallel()
	server := servertest.Start(t)
	config := configOf(server)
	config.URL = "redis://nowhere.example"
	asked := make(chan string, 100)
	config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		asked <- address
		return (&net.Dialer{}).DialContext(ctx, network, server.Address())
	}
	eventually(t, open(t, config), "")
	require.Equal(t, "nowhere.example:6379", <-asked)

	config.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no way") }
	eventually(t, open(t, config), Unreachable)
}
