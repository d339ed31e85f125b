package originflow

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// ErrBudget is the failure of whoever ran out of time before the account's call budget had room for the call.
var ErrBudget = errors.New("the account's call budget is used up")

// errand is a call of the API from its first wait in the queue to its last retry.
type errand struct {
	// askers are those who wait for it, and urgent whether an alert evaluation is among them; guarded by budget.mu.
	askers []*asker
	urgent bool
	// queued is set while it waits for the budget, not for the API.
	queued atomic.Bool
	// failed is the failure that it pauses after.
	failed atomic.Pointer[cdn.Error]
	// lease keeps other replicas from the same call; nil without, and for calls that it does not matter for.
	lease *sharedcache.Lease
}

// lateness is what to tell a caller whose time ran out while waiting for the errand.
func (e *errand) lateness(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if cause := e.failed.Load(); cause != nil && cause.Kind() != cdn.Throttled {
		return cause
	}
	if e.queued.Load() {
		return ErrBudget
	}
	return ctx.Err()
}

// outOfTime is what to tell a caller whose time ran out before there was an errand; nil as long as it did not.
func outOfTime(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrBudget
	}
	return ctx.Err()
}

// maxTries bounds the attempts at one call.
const maxTries = 4

// retried are the failures that may pass by themselves.
var retried = map[cdn.Kind]bool{cdn.Throttled: true, cdn.Busy: true, cdn.Unreachable: true}

// attempt makes one call and returns the Date of its answer.
type attempt func(ctx context.Context) (date time.Time, err error)

// call makes a call when the budget has room, and again, with growing and jittered pauses, when it failed in a way that
// may pass. Every answer tells the time; now is our clock. It returns when the last attempt was made, by our clock.
func (a *Account) call(
	ctx context.Context, now func() time.Time, e *errand, operation string, do attempt,
) (sent time.Time, err error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 500 * time.Millisecond
	pauses.MaxInterval = 8 * time.Second
	pauses.Multiplier = 2

	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		e.queued.Store(true)
		queuedAt := time.Now()
		if err := a.budget.wait(ctx, e); err != nil {
			return struct{}{}, backoff.Permanent(err)
		}
		a.metrics.waited(time.Since(queuedAt))
		e.queued.Store(false)

		sent = now()
		date, err := do(ctx)
		failure, failed := errors.AsType[*cdn.Error](err)
		if failed {
			date = failure.Date
		}
		a.hear(sent, now(), date)
		kind := kindOf(err)
		a.metrics.called(operation, kind)
		if kind == cdn.Throttled {
			a.budget.throttled(ctx)
			e.queued.Store(true)
		}
		if ctx.Err() == nil { // else the failure is that nobody waits any more
			e.failed.Store(failure)
		}
		if err != nil && (!retried[kind] || ctx.Err() != nil) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(0))
	// Permanent is how an error stops the retries, not a part of it.
	if permanent, ok := errors.AsType[*backoff.PermanentError](err); ok {
		err = permanent.Unwrap()
	}
	return sent, err
}

// isOf tells whether err is the failure of a call of an operation.
func isOf(err error, op *cdn.Operation) bool {
	failure, ok := errors.AsType[*cdn.Error](err)
	return ok && failure.Operation == op.Name()
}

// kindOf is the kind of a failed call, "" for none.
func kindOf(err error) cdn.Kind {
	if failure, ok := errors.AsType[*cdn.Error](err); ok {
		return failure.Kind()
	}
	return ""
}
