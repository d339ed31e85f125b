package rpc

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"syscall"
)

// quietError is a failure of the network whose text tells its class alone: its own may quote what the other side said,
// and a gateway says the signed call back to whoever it cannot serve. The cause is there for errors.As, not to be shown.
type quietError struct{ error }

// Unwrap returns the cause.
func (e quietError) Unwrap() error { return e.error }

// Error tells the class.
func (e quietError) Error() string {
	if number, ok := errors.AsType[syscall.Errno](e.error); ok {
		return number.Error() // such as connection refused
	}
	if network, ok := errors.AsType[net.Error](e.error); ok && network.Timeout() {
		return "timeout"
	}
	switch {
	case errors.Is(e.error, context.Canceled):
		return context.Canceled.Error()
	case errors.Is(e.error, io.EOF), errors.Is(e.error, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.As(e.error, new(*net.DNSError)):
		return "host not found"
	case errors.As(e.error, new(*tls.CertificateVerificationError)):
		return "certificate not trusted"
	case errors.As(e.error, new(tls.RecordHeaderError)):
		return "no TLS"
	}
	return "no proper answer"
}

// Timeout tells whether time ran out.
func (e quietError) Timeout() bool {
	network, ok := errors.AsType[net.Error](e.error)
	return ok && network.Timeout()
}

// hidden is a context without the trace of an HTTP client.
type hidden struct{ context.Context }

// Value is that of the context, but for a trace.
func (h hidden) Value(key any) any {
	value := h.Context.Value(key)
	if _, isTrace := value.(*httptrace.ClientTrace); isTrace {
		return nil
	}
	return value
}

// withoutHints has the trace of an HTTP client not hear of interim answers, such as 103 Early Hints: tracing keeps their
// headers, which may quote the signed call.
func withoutHints(ctx context.Context) context.Context {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil || trace.Got1xxResponse == nil {
		return ctx
	}
	deaf := *trace
	deaf.Got1xxResponse = nil
	return httptrace.WithClientTrace(hidden{ctx}, &deaf)
}
