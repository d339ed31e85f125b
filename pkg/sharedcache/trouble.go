package sharedcache

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ErrUnavailable is what every operation returns while the server cannot be used; [Cache.State] says why.
var ErrUnavailable = errors.New("the shared cache cannot be used")

// errAnswer is an answer that makes no sense.
var errAnswer = errors.New("unexpected answer")

// refusals are what the server's errors are told by. Older servers put the code of what a script ran into somewhere in the
// text.
var refusals = []struct {
	words string
	Trouble
}{
	{"WRONGPASS", Denied},
	{"NOAUTH", Denied},
	{"NOPERM", Denied},
	{"DENIED", Denied}, // protected mode
	{"invalid password", Denied},
	{"without any password configured", Denied},
	{"ACL failure in script", Denied},                   // Redis 7, Valkey
	{"user executing the script can't", Denied},         // Redis 6
	{"OOM ", Full},                                      // of a command or a script
	{"READONLY", ReadOnly},                              // of a command or a script
	{"Write commands are not allowed after", Failing},   // Redis 4 and before
	{"command not allowed when used memory", Full},      // in a script, without the code
	{"write against a read only", ReadOnly},             // in a script, without the code
	{"Can not run script with write flag on", ReadOnly}, // Redis 7
}

// troubleOf classifies what an operation failed with.
func troubleOf(err error) Trouble {
	if refusal, ok := errors.AsType[redis.Error](err); ok {
		text := refusal.Error()
		for _, known := range refusals {
			if strings.Contains(text, known.words) {
				return known.Trouble
			}
		}
		return Failing
	}
	if _, ok := errors.AsType[unconnected](err); ok {
		return Unreachable
	}
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return TooSlow
	}
	if _, ok := errors.AsType[unencrypted](err); ok {
		return Untrusted
	}
	broken, isBroken := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return TooSlow
	case isBroken && broken.Op == "remote error": // of TLS, such as that our certificate is wanted
		return Untrusted
	case isBroken, errors.As(err, new(*os.SyscallError)), // found when a connection is used again
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return Unreachable
	}
	return Failing
}
