package rpc

import "context"

// Key is what a call is signed with. It is comparable, and prints as nothing that one could use.
type Key struct {
	ID     string `json:"-"`
	Secret string `json:"-"`
	// Token is the security token of a key that STS gave out for some time; empty for one of a RAM user.
	Token string `json:"-"`
}

// Credentials have the key to sign with.
type Credentials interface {
	// Key returns the key to sign with now. refused is a key that was just refused, so that another is wanted; the zero
	// Key is none. Where there is no other, the same is returned, or an error.
	Key(ctx context.Context, refused Key) (Key, error)
}

// Key makes a key its own credentials, for ever.
func (k Key) Key(context.Context, Key) (Key, error) { return k, nil }

// String keeps the key out of logs.
func (Key) String() string { return "a key" }

// GoString keeps the key out of logs, too.
func (k Key) GoString() string { return k.String() }

type keyOf struct{}

// Sign returns a context whose calls a [Signer] signs with the key.
func Sign(ctx context.Context, key Key) context.Context { return context.WithValue(ctx, keyOf{}, key) }
