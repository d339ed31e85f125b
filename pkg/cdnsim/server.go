package cdnsim

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	formatJSON  = "JSON"
	contentJSON = "application/json;charset=utf-8"
	contentXML  = "text/xml;charset=utf-8"
)

// Server is a simulated CDN API. It is safe for concurrent use.
type Server struct {
	opts    Options
	record  recorder
	nonces  nonceMemory
	limiter limiter

	mu       sync.RWMutex
	domains  []Domain        // never changed, only replaced
	accounts map[string]bool // the names in domains
}

// New makes a server.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.SigningClock == nil {
		opts.SigningClock = opts.Now
	}
	if opts.RequestID == nil {
		opts.RequestID = randomID
	}
	if opts.Keys == nil {
		opts.Keys = map[string]Key{DemoKeyID: {Secret: DemoKeySecret}}
	}
	if opts.Domains == nil {
		opts.Domains = DemoDomains()
	}
	s := &Server{opts: opts}
	s.record.max = cmp.Or(opts.Record, DefaultRecord)
	s.limiter.perSecond = opts.CallsPerSecond
	s.SetDomains(opts.Domains)
	return s
}

// SetDomains replaces the account's domains, as when a domain is added or taken
// down while the server runs.
func (s *Server) SetDomains(domains []Domain) {
	list := make([]Domain, len(domains))
	names := make(map[string]bool, len(domains))
	for i, d := range domains {
		list[i] = d.withDefaults()
		names[d.Name] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.domains, s.accounts = list, names
}

func (s *Server) account() ([]Domain, map[string]bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.domains, s.accounts
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
	c := &Call{Time: s.opts.Now(), RequestID: s.opts.RequestID()}
	answer := s.answer(r, c)
	c.Status = answer.status
	s.record.add(*c)
	if !wait(r.Context(), s.opts.Latency) {
		panic(http.ErrAbortHandler)
	}
	answer.write(w, r)
}

// answer checks the call from the outside in, in the order the gateway does, and
// fills in what is learnt about it.
func (s *Server) answer(r *http.Request, c *Call) reply {
	params, problem := readParams(r)
	c.Operation, c.Version, c.Params = params["Action"], params["Version"], ownParams(params)
	fail := func(e *Error) reply { return errorReply(e, c, params["Format"]) }
	if problem != nil {
		return fail(problem)
	}
	op, problem := s.operation(params)
	if problem != nil {
		return fail(problem)
	}
	if problem := s.authenticate(params, s.opts.SigningClock()); problem != nil {
		return fail(problem)
	}
	if !s.limiter.allow(c.Time) {
		return fail(op.throttled)
	}
	if slices.Contains(s.opts.Denied, op.name) {
		return fail(&errDenied)
	}
	serve := func() reply {
		body, problem := op.run(s, &request{ctx: r.Context(), params: c.Params, now: c.Time})
		if problem != nil {
			return fail(problem)
		}
		body["RequestId"] = c.RequestID
		text, err := json.Marshal(body)
		return mustReply(http.StatusOK, contentJSON, text, err)
	}
	if s.opts.Fault != nil {
		if fault := s.opts.Fault(*c); fault != nil {
			return fault.reply(c, serve)
		}
	}
	return serve()
}

// readParams reads the query. The API takes every parameter at most once.
func readParams(r *http.Request) (map[string]string, *Error) {
	params := map[string]string{}
	values, err := url.ParseQuery(r.URL.RawQuery)
	for name, list := range values {
		params[name] = list[0]
		if len(list) > 1 {
			err = errors.Join(err, fmt.Errorf("%s given twice", name))
		}
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

// randomID makes a RequestId as the API does: an upper case random UUID.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
