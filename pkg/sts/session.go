package sts

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

const (
	// ahead is how long before its end a session is renewed, or a third of its life if that is less.
	ahead = 5 * time.Minute
	// patience is how long a source may take.
	patience = 10 * time.Second
	// pause is how long the failure of a source is not tried again: as many queries wait as there are panels.
	pause = time.Second
	// longPause is the pause while there is a session that still holds.
	longPause = 30 * time.Second
)

// Session keeps a key of a source and has it renewed ahead of its end, once, whoever asks and however many. It is safe for
// concurrent use.
type Session struct {
	source Source
	now    func() time.Time
	flight singleflight.Group

	mu      sync.Mutex
	key     rpc.Key // the zero key: none
	renewal time.Time
	end     time.Time // zero: never
	failure error     // of the last renewal; nil if that succeeded
	resting time.Time // until then no renewal is tried
}

// NewSession returns a session that begins when its key is asked for.
func NewSession(source Source, now func() time.Time) *Session {
	return &Session{source: source, now: now}
}

// Key returns the session's key. While it holds, nobody waits for a renewal, and nobody is told of one that fails. A key
// that was refused counts as ended. Key panics if the source did: whoever waits can answer for it, a goroutine cannot.
func (s *Session) Key(ctx context.Context, refused rpc.Key) (rpc.Key, error) {
	key, err := s.hold(ctx, refused)
	if p, ok := errors.AsType[*guard.Panic](err); ok {
		panic(p)
	}
	return key, err
}

// hold is [Session.Key], for which a panic is an error.
func (s *Session) hold(ctx context.Context, refused rpc.Key) (rpc.Key, error) {
	s.drop(refused)
	key, due, err := s.look()
	switch {
	case err != nil || !due:
		return key, err
	case key != rpc.Key{}:
		s.renew(ctx)
		return key, nil
	}
	select {
	case renewed := <-s.renew(ctx):
		key, _ := renewed.Val.(rpc.Key)
		if renewed.Err == nil && key == refused {
			return rpc.Key{}, &Error{Kind: SessionRefused}
		}
		return key, renewed.Err
	case <-ctx.Done():
		return rpc.Key{}, ctx.Err()
	}
}

// drop ends the session if its key is the one that was refused.
func (s *Session) drop(refused rpc.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == refused {
		s.key = rpc.Key{}
	}
}

// look returns the key if it holds, and whether a renewal is due. Without a key and while its last failure rests, it
// returns that.
func (s *Session) look() (key rpc.Key, due bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	forever := s.end.IsZero()
	if s.key != (rpc.Key{}) && (forever || now.Before(s.end)) {
		return s.key, !forever && !now.Before(s.renewal) && !now.Before(s.resting), nil
	}
	if s.failure != nil && now.Before(s.resting) {
		return rpc.Key{}, false, s.failure
	}
	return rpc.Key{}, true, nil
}

// renew joins the renewal under way or begins one. It does not end with the query that began it: others wait, too.
func (s *Session) renew(ctx context.Context) <-chan singleflight.Result {
	return s.flight.DoChan("", func() (any, error) {
		if held, due, err := s.look(); err != nil || !due {
			return held, err // another renewal ended just now
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		asked := s.now()
		var grant Grant
		var err error
		if p := guard.Run(func() { grant, err = s.source(ctx) }); p != nil {
			err = p
		}
		return grant.Key, s.keep(grant, asked, err)
	})
}

// keep takes over what a renewal came to.
func (s *Session) keep(grant Grant, asked time.Time, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure = err; err != nil {
		s.resting = s.now().Add(pause)
		if s.key != (rpc.Key{}) && s.now().Before(s.end) {
			s.resting = s.now().Add(longPause)
		}
		return err
	}
	s.key, s.end, s.resting = grant.Key, time.Time{}, time.Time{}
	if grant.Lifetime > 0 {
		s.end = asked.Add(grant.Lifetime)
		s.renewal = s.end.Add(-min(ahead, grant.Lifetime/3))
	}
	return nil
}
