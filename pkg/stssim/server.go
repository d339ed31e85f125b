package stssim

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options shape a [Server].
type Options struct {
	// Now is the clock of the sessions; nil is time.Now.
	Now func() time.Time
	// SigningClock decides whether a request's Timestamp is valid; nil is time.Now.
	SigningClock func() time.Time
	// Keys are the keys that may sign, by AccessKeyId.
	Keys map[string]Key
	// Roles by ARN.
	Roles map[string]Role
	// Providers are the OIDC providers by ARN, with their issuer.
	Providers map[string]string
	// InstanceRole is the role of the instance whose metadata is served; empty is none.
	InstanceRole string
	// NoTokens is a metadata service of old: it knows no tokens.
	NoTokens bool
	// Issue is told each session that is given out.
	Issue func(Session)
	// Fault may answer a call in the server's place; nil, or a nil result, lets the server answer.
	Fault func(Call) *Fault
}

// Key is what STS knows about an AccessKeyId.
type Key struct {
	Secret string
	// Token of a session; empty for a key of a RAM user.
	Token string
	// Account owns the key.
	Account string
	// Root tells that the key is the account's own, no RAM user's.
	Root bool
	// MayNotAssume tells that the policies of the RAM user lack sts:AssumeRole.
	MayNotAssume bool
}

// Role is a RAM role and its trust policy.
type Role struct {
	// Accounts that may assume the role.
	Accounts []string
	// ExternalID that the trust policy asks for; empty is none.
	ExternalID string
	// Provider is the ARN of the OIDC provider that the trust policy names, and Subject the oidc:sub it asks for.
	Provider, Subject string
	// MaxDuration of a session; 0 is an hour.
	MaxDuration time.Duration
}

// Session is a key that was given out.
type Session struct {
	Role, ID, Secret, Token string
	Expires                 time.Time
}

// Call is a call that was received: an operation of STS, or the method and path of the metadata service.
type Call struct {
	Action string
	Params map[string]string
}

// Fault is an answer in place of the server's.
type Fault struct {
	Status int
	Body   string
	// Break cuts the connection.
	Break bool
	// Hang answers when the caller has gone.
	Hang bool
}

// Server simulates both services. It is safe for concurrent use.
type Server struct {
	mu      sync.Mutex
	options Options
	calls   []Call
	issued  int
	nonces  map[string]bool
	tokens  map[string]bool
}

// New makes a server.
func New(options Options) *Server {
	s := &Server{options: options, nonces: map[string]bool{}, tokens: map[string]bool{}}
	s.Change(func(*Options) {})
	return s
}

// Change changes the options of a running server.
func (s *Server) Change(edit func(*Options)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(&s.options)
	if s.options.Now == nil {
		s.options.Now = time.Now
	}
	if s.options.SigningClock == nil {
		s.options.SigningClock = time.Now
	}
}

// Calls are those received so far with the action, oldest first; of all actions if it is empty.
func (s *Server) Calls(action string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.calls), func(c Call) bool { return action != "" && c.Action != action })
}

// begin records a call and tells what to do about it.
func (s *Server) begin(c Call) (Options, *Fault) {
	s.mu.Lock()
	options := s.options
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if options.Fault == nil {
		return options, nil
	}
	return options, options.Fault(c)
}

// issue makes a session.
func (s *Server) issue(o Options, role string, life time.Duration) Session {
	s.mu.Lock()
	s.issued++
	n := s.issued
	s.mu.Unlock()
	session := Session{
		Role: role, ID: fmt.Sprintf("STS.session-%d", n), Secret: fmt.Sprintf("session-secret-%d", n),
		Token: fmt.Sprintf("session-token-%d+/==", n), Expires: o.Now().UTC().Truncate(time.Second).Add(life),
	}
	if o.Issue != nil {
		o.Issue(session)
	}
	return session
}

// used tells whether a nonce came before.
func (s *Server) used(nonce string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.nonces[nonce]
	s.nonces[nonce] = true
	return was
}

func (f *Fault) write(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Break:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		w.WriteHeader(f.Status)
	}
	_, _ = w.Write([]byte(f.Body))
}
