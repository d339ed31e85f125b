package cdnsim

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	formatJSON  = "JSON"
	contentJSON = "application/json;charset=utf-8"
	contentXML  = "text/xml;charset=utf-8"
)

// Server is a simulated CDN API. It is safe for concurrent use.
type Server struct {
	settings atomic.Pointer[settings]
	changing sync.Mutex // held by whoever replaces settings
	record   recorder
	nonces   nonceMemory
	limiter  limiter
}

// New makes a server. It keeps nothing of opts that could be changed from
// outside; see [Server.Change].
func New(opts Options) *Server {
	s := &Server{}
	s.settings.Store(newSettings(opts))
	s.record.keep(s.settings.Load().Record)
	return s
}

// Calls returns the calls received, oldest first, refused ones included. A call
// is recorded before its answer is sent, so a client that has an answer finds
// its call here. Only the latest Options.Record calls are kept.
func (s *Server) Calls() []Call { return s.record.list() }

// Reset forgets the calls recorded so far. Nonces stay used.
func (s *Server) Reset() { s.record.reset() }

// ServeHTTP answers one API call: GET, RPC style, signed with RPC signature
// version 1.0 in the query.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	set := s.settings.Load()
	c := &Call{Time: set.Now()}
	answer := s.answer(set, r, c)
	c.Status = answer.status
	s.record.add(*c)
	if !wait(r.Context(), set.Latency) {
		panic(http.ErrAbortHandler)
	}
	w.Header()["Date"] = set.date(c.Time)
	answer.write(w, r)
}

// answer checks the call from the outside in, in the order the gateway does, and
// fills in what is learnt about it.
func (s *Server) answer(set *settings, r *http.Request, c *Call) reply {
	params, problem := readParams(r)
	c.Operation, c.Version, c.Params = params["Action"], params["Version"], ownParams(params)
	if set.tooLong(r.URL) {
		return gatewayReply(c)
	}
	c.RequestID = set.RequestID()
	fail := func(e *Error) reply { return errorReply(e, c, params["Format"]) }
	if problem != nil {
		return fail(problem)
	}
	op, problem := set.operation(params)
	if problem != nil {
		return fail(problem)
	}
	if problem := s.authenticate(set.Keys, params, set.signingTime(c.Time)); problem != nil {
		return fail(problem)
	}
	if !s.limiter.allow(c.Time, set.CallsPerSecond) {
		return fail(op.throttled)
	}
	if slices.Contains(set.Denied, op.name) {
		return fail(&errDenied)
	}
	serve := func(interval time.Duration) reply {
		body, problem := op.run(&request{
			ctx: r.Context(), settings: set, id: c.RequestID, params: c.Params, now: c.Time, interval: interval,
		})
		if problem != nil {
			return fail(problem)
		}
		return newReply(http.StatusOK, contentJSON, body)
	}
	if set.Fault != nil {
		if fault := set.Fault(*c); fault != nil {
			return fault.reply(c, serve)
		}
	}
	return serve(0)
}

// readParams reads the query. The API takes every parameter at most once.
func readParams(r *http.Request) (map[string]string, *Error) {
	params := make(map[string]string, 24)
	var err error
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, value, problem := unescapePair(pair)
		if _, twice := params[name]; problem == nil && twice {
			problem = fmt.Errorf("%s given twice", name)
		}
		if problem != nil {
			err = errors.Join(err, problem)
			continue
		}
		params[name] = value
	}
	switch {
	case r.Method != http.MethodGet:
		return params, &errMethod
	case r.URL.Path != "" && r.URL.Path != "/":
		return params, &errAction
	case err != nil:
		return params, &Error{Code: "InvalidParameter", Message: "The query is not valid: " + err.Error()}
	}
	return params, nil
}

// unescapePair decodes a name and its value, as url.ParseQuery does. That makes a
// list of values for each name, which costs more than the rest of its work.
func unescapePair(pair string) (name, value string, err error) {
	if strings.Contains(pair, ";") {
		return "", "", errors.New("a semicolon separates no parameters")
	}
	name, value, _ = strings.Cut(pair, "=")
	if name, err = url.QueryUnescape(name); err != nil {
		return "", "", err
	}
	value, err = url.QueryUnescape(value)
	return name, value, err
}

// randomID makes a RequestId as the API does: an upper case random UUID.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	id := strings.ToUpper(hex.EncodeToString(b[:]))
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
