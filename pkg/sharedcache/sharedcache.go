// Package sharedcache is what the replicas of a Grafana installation have in common for one account, in a Redis or Valkey
// server: sealed values, leases of what is under way, and one call budget.
//
// It knows the server, not what the values mean. Nothing of it has to work: whoever uses it goes on without.
//
// The server is Redis from 6.2 on, Valkey, or what speaks like them. Its user needs these commands, on the keys that begin
// with the prefix:
//
//	eval evalsha mget get set del pttl pexpire hset hmget zadd zrem zcard zremrangebyscore time
//
// and in a Cluster also cluster|slots and command. They are commands of scripts, too, so that +@scripting is not enough.
package sharedcache

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// DefaultPrefix is what the keys of all accounts begin with where nothing else is wanted.
const DefaultPrefix = "aliyuncdn"

// Config says which server to use, and for whom.
type Config struct {
	// URL of the server: redis:// or rediss:// (TLS), with a user and a number of the database at need, without a password.
	// With master_name and addr among its parameters it is one of Sentinels, with addr alone one of a Cluster.
	URL string
	// Password of the user, empty for none.
	Password string
	// Prefix is what every key begins with; without braces, which say what a Cluster keeps together.
	Prefix string
	// TLS is what rediss:// is spoken with; nil for the system's certificates.
	TLS *tls.Config
	// Dial opens connections; nil for the system's way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Identity is a secret that all replicas of the account, and nobody else, can work out: keys are named and values sealed
	// with what is derived from it.
	Identity []byte
	// OperationTimeout is how long an operation may take, four times as long for one of more than a hundred values; 0 for half a
	// second.
	OperationTimeout time.Duration
}

// State is how the shared cache does.
type State struct {
	// Trouble is why it is not used now; "" while it is.
	Trouble Trouble
	// Replicas counts the processes that use it for the account, this one among them, when the server last answered.
	Replicas int
}

// Trouble is why the server cannot be used.
type Trouble string

// The kinds of trouble.
const (
	// Starting is before the server first answered.
	Starting Trouble = "starting"
	// Unreachable: no connection, or it broke.
	Unreachable Trouble = "unreachable"
	// TooSlow: it did not answer in time.
	TooSlow Trouble = "tooSlow"
	// Denied: it refuses the user, the password or the commands.
	Denied Trouble = "denied"
	// Full: it has no memory left for what is written.
	Full Trouble = "full"
	// ReadOnly: it is a replica of another server, which takes no writes.
	ReadOnly Trouble = "readOnly"
	// Untrusted: no TLS, or a certificate that is not trusted.
	Untrusted Trouble = "untrusted"
	// Failing: it answers with another error, or with what makes no sense.
	Failing Trouble = "failing"
)
