package simulation

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// wire is the way from the plugin to the API: it takes its time, and remembers what went over it.
type wire struct {
	world *world
	diary *diary
	next  http.RoundTripper

	mu    sync.Mutex
	calls int
	meter meter
	// troubled are the calls that fail or take longer than a second, by the time they were found out.
	troubled []*wireCall
	failed   int
	overrun  func(at time.Time, calls float64)
}

// wireCall is one call of the API.
type wireCall struct {
	operation string
	// domains are those named; none for all of the account.
	domains []string
	start   string
	// slices are their length in seconds, as asked for.
	slices string
	sent   time.Time
	done   time.Time
	// kinds are what a client may make of its failure; none if there was none.
	kinds []cdn.Kind
	what  string
}

func newWireCall(operation string, params map[string]string) wireCall {
	c := wireCall{operation: operation, start: params["StartTime"], slices: params["Interval"]}
	if names := params["DomainName"]; names != "" {
		c.domains = strings.Split(names, ",")
	}
	return c
}

// name tells calls apart that are made at the same moment.
func (c wireCall) name() string {
	return c.operation + c.start + c.slices + strings.Join(c.domains, ",")
}

// about tells whether the call is about one of the domains.
func (c wireCall) about(domains []string) bool {
	if len(c.domains) == 0 || len(domains) == 0 {
		return len(c.domains) == len(domains) || c.operation == cdn.UserDomains
	}
	return slices.ContainsFunc(c.domains, func(name string) bool { return slices.Contains(domains, name) })
}

// excuses are the refusals of the server itself that a query may tell of; others we brought upon ourselves.
var excuses = []cdn.Kind{cdn.Throttled, cdn.UnknownDomain, cdn.Offline}

// errorCode finds the API's code in the body of a refusal.
var errorCode = regexp.MustCompile(`"Code":"([^"]+)"`)

// RoundTrip carries one call there and back.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	params := map[string]string{}
	for _, name := range []string{"StartTime", "Interval", "DomainName"} {
		params[name] = query.Get(name)
	}
	call := newWireCall(query.Get("Action"), params)
	call.sent = time.Now()
	there, back := w.world.weather.latency(call, call.sent)
	if trouble := w.world.weather.over(call, call.sent.Add(there)); trouble.hurts() {
		call.kinds, call.what = trouble.kinds, trouble.name
	} else if there+back > slowCall {
		call.what = "slow"
	}
	w.depart(&call)
	defer w.arrive(&call)
	if err := sleep(request, there); err != nil {
		return nil, err
	}
	response, err := w.next.RoundTrip(request)
	if err == nil {
		err = sleep(request, back)
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		w.refused(&call, response)
	}
	return response, nil
}

// refused reads why the server refused a call, and leaves the answer as it was.
func (w *wire) refused(c *wireCall, response *http.Response) {
	body, _ := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	kind := cdn.Kind("a mistake of ours")
	if code := errorCode.FindSubmatch(body); code != nil {
		if known := (&cdn.Error{Code: string(code[1])}).Kind(); slices.Contains(excuses, known) {
			kind = known
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.what == "" {
		w.troubled = append(w.troubled, c)
	}
	// What befell the call on its way may never have come about: the gateway refused it first.
	c.kinds, c.what = append(slices.Clone(c.kinds), kind), c.what+string(body)
}

func sleep(request *http.Request, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-request.Context().Done():
		return request.Context().Err()
	}
}

// slowCall is how long a call takes that is none of a healthy API.
const slowCall = time.Second

func (w *wire) depart(c *wireCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if level, over := w.meter.count(c.sent); over {
		w.overrun(c.sent, level)
	}
	if c.what != "" {
		w.troubled = append(w.troubled, c)
	}
}

func (w *wire) arrive(c *wireCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.done = time.Now()
	w.diary.detail("%s", c)
	if len(c.kinds) > 0 {
		w.failed++
	}
}

// longestCall is more than any call takes.
const longestCall = 3 * time.Minute

// troubles are the calls in trouble that were under way at some time between from and to.
func (w *wire) troubles(from, to time.Time) []wireCall {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []wireCall
	for _, c := range slices.Backward(w.troubled) {
		if c.sent.Before(from.Add(-longestCall)) {
			break
		}
		if !c.sent.After(to) && (c.done.IsZero() || !c.done.Before(from)) {
			found = append(found, *c)
		}
	}
	return found
}

// meter is the token bucket that the calls must fit into, seen from the API.
type meter struct {
	perSecond float64
	level     float64
	last      time.Time
}

// count counts a call and tells whether it is one too many.
func (m *meter) count(at time.Time) (level float64, over bool) {
	if m.perSecond == 0 {
		return 0, false
	}
	m.level = max(0, m.level-m.perSecond*at.Sub(m.last).Seconds()) + 1
	m.last = at
	return m.level, m.level > max(m.perSecond/4, 1)+1+1e-6
}
