package sharedcache

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// connectTimeout is how long a connection may take to be made, TLS included.
	connectTimeout = time.Second
	// operationTimeout is how long an operation may take, unless the configuration says otherwise, and bulkTimes how many
	// times as long one of many values.
	operationTimeout = 500 * time.Millisecond
	bulkTimes        = 4
	// many is how many values make an operation one of many.
	many = 100

	// connections is how many operations run at a time. Others wait for one to end, half as long as one may take.
	connections = 32
	// idleFor is how long a connection may lie idle: shorter than servers and balancers wait before they cut it, as a cut
	// one looks like a server that is gone.
	idleFor = 30 * time.Second
)

// timeout is how long an operation of so many values may take.
func (c Config) timeout(values int) time.Duration {
	timeout := cmp.Or(c.OperationTimeout, operationTimeout)
	if values > many {
		timeout *= bulkTimes
	}
	return timeout
}

// The library's log tells addresses, and errors in the server's words.
func init() { logging.Disable() }

// connect makes a client; nothing is sent yet.
func connect(config Config) (redis.UniversalClient, error) {
	p, err := parseURL(config.URL)
	if err != nil {
		return nil, err
	}
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:         p.addresses,
		MasterName:    p.master,
		Username:      p.user,
		Password:      config.Password,
		DB:            p.database,
		IsClusterMode: p.isCluster(),

		Dialer:                dialer(config, p.encrypted),
		DialTimeout:           connectTimeout,
		ReadTimeout:           config.timeout(many + 1),
		WriteTimeout:          config.timeout(many + 1),
		PoolTimeout:           config.timeout(1) / 2,
		ContextTimeoutEnabled: true,
		PoolSize:              connections,
		PipelinePoolSize:      -1, // none beside it
		ConnMaxIdleTime:       idleFor,

		// Whoever asks goes on without the server: better at once than after a pause.
		MaxRetries:      -1,
		MinRetryBackoff: -1,
		MaxRetryBackoff: -1,
		DialerRetries:   1,

		// What old servers do not know, and users with few permissions may not.
		Protocol:                 2,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), nil
}

// unconnected is the failure to reach a server at all, unencrypted that to agree with it on TLS.
type (
	unconnected struct{ error }
	unencrypted struct{ error }
)

// Unwrap returns the cause.
func (e unconnected) Unwrap() error { return e.error }

// Unwrap returns the cause.
func (e unencrypted) Unwrap() error { return e.error }

// dialer opens connections. The library's own leaves the context aside when TLS is spoken, and TLS when it is told how to
// connect.
func dialer(config Config, encrypted bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	dial := config.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		plain, err := dial(ctx, network, address)
		if err != nil {
			return nil, unconnected{err}
		}
		if !encrypted {
			return plain, nil
		}
		conn := tls.Client(plain, tlsFor(config.TLS, address))
		if err := conn.HandshakeContext(ctx); err != nil {
			_ = plain.Close()
			return nil, unencrypted{err}
		}
		return conn, nil
	}
}

// tlsFor is the configuration to speak with a server: its certificate must be of the host that is called, unless it is
// said of which.
func tlsFor(config *tls.Config, address string) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	return config
}
