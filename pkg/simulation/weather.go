package simulation

import (
	"slices"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// weather is how long calls take and what goes wrong with them.
type weather struct {
	dice
	// least and most bound the time that most calls take.
	least, most time.Duration
	spells      []spell
}

// spell is a time in which a share of the calls meets a trouble.
type spell struct {
	trouble  *trouble
	from, to time.Time
	share    float64
	// domain has the trouble for itself; "" is everybody's.
	domain string
}

// trouble is something that happens to a call.
type trouble struct {
	name string
	// kinds are what the client may make of it; none where the answer is still one.
	kinds []cdn.Kind
	fault func() *cdnsim.Fault
	// delay is how much longer the call takes.
	delay time.Duration
}

// hurts tells whether a call with this trouble fails.
func (t *trouble) hurts() bool { return t != nil && len(t.kinds) > 0 }

func refusal(status int, code string) func() *cdnsim.Fault {
	return func() *cdnsim.Fault { return &cdnsim.Fault{Error: &cdnsim.Error{Status: status, Code: code}} }
}

const page = "<html><body><h1>502 Bad Gateway</h1></body></html>"

var troubles = []*trouble{
	{name: "internal error", kinds: []cdn.Kind{cdn.Busy}, fault: refusal(500, "InternalError")},
	{name: "unavailable", kinds: []cdn.Kind{cdn.Busy}, fault: refusal(503, "ServiceUnavailable")},
	{name: "throttled", kinds: []cdn.Kind{cdn.Throttled}, fault: refusal(400, "Throttling.User")},
	{name: "broken connection", kinds: []cdn.Kind{cdn.Unreachable}, fault: func() *cdnsim.Fault {
		return &cdnsim.Fault{Break: true}
	}},
	{name: "answer cut short", kinds: []cdn.Kind{cdn.Unreachable, cdn.Malformed}, fault: func() *cdnsim.Fault {
		return &cdnsim.Fault{Break: true, Body: `{"RequestId":"A-1","DataInt`}
	}},
	{name: "gateway's page", kinds: []cdn.Kind{cdn.Busy}, fault: func() *cdnsim.Fault {
		return &cdnsim.Fault{Status: 502, Body: page}
	}},
	{name: "page with status 200", kinds: []cdn.Kind{cdn.Malformed}, fault: func() *cdnsim.Fault {
		return &cdnsim.Fault{Body: page}
	}},
	{name: "no answer", kinds: []cdn.Kind{cdn.Unreachable}, fault: func() *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }},
	{name: "slow", delay: 8 * time.Second},
	{name: "very slow", delay: time.Minute},
	// Good for something, but a query for less than one of these long slices has no answer.
	{name: "coarse answer", kinds: []cdn.Kind{cdn.Malformed}, fault: func() *cdnsim.Fault { return &cdnsim.Fault{Interval: hour} }},
	{name: "unknown fields", fault: func() *cdnsim.Fault { return &cdnsim.Fault{Edit: addFields} }},
	{name: "a value with a space", fault: func() *cdnsim.Fault { return &cdnsim.Fault{Edit: editValue(func(v string) string { return " " + v })} }},
	// A slice less, or no answer at all where it was the only one.
	{name: "a value below zero", kinds: []cdn.Kind{cdn.Malformed}, fault: func() *cdnsim.Fault { return &cdnsim.Fault{Edit: editValue(func(string) string { return "-1" })} }},
}

func drawWeather(d dice, w *world) weather {
	least := d.of("least").between(5*time.Millisecond, 200*time.Millisecond)
	v := weather{dice: d, least: least, most: least + d.of("most").between(0, pick(d.of("spread"), 100*time.Millisecond, 600*time.Millisecond))}
	if w.calm {
		return v
	}
	for i := range d.of("spells").below(12) {
		own := d.of("spell").at(i)
		s := spell{trouble: troubles[own.of("trouble").below(int64(len(troubles)))], from: w.moment(own.of("from"))}
		s.to = s.from.Add(own.of("length").between(10*time.Second, pick(own.of("most"), time.Minute, 10*time.Minute, 3*hour)))
		s.share = pick(own.of("share"), 0.02, 0.2, 0.5, 1)
		if own.of("whose").chance(0.25) {
			s.domain = w.names[own.of("domain").below(int64(len(w.names)))]
		}
		v.spells = append(v.spells, s)
	}
	return v
}

// over is the trouble that meets a call at a moment by our clock, nil for none.
func (v weather) over(c wireCall, at time.Time) *trouble {
	for _, s := range v.spells {
		if at.Before(s.from) || !at.Before(s.to) || s.domain != "" && !slices.Contains(c.domains, s.domain) {
			continue
		}
		if v.of(s.trouble.name).of(c.name()).at(at.UnixNano()).chance(s.share) {
			return s.trouble
		}
	}
	return nil
}

// fault is what the API does instead of answering; latency is dealt with on the way.
func (v weather) fault(c cdnsim.Call) *cdnsim.Fault {
	if t := v.over(newWireCall(c.Operation, c.Params), time.Now()); t != nil && t.fault != nil {
		return t.fault()
	}
	return nil
}

// latency is how long a call takes, and its part before the API sees the call.
func (v weather) latency(c wireCall, at time.Time) (there, back time.Duration) {
	d := v.of("latency").of(c.name()).at(at.UnixNano())
	all := d.between(v.least, v.most)
	there = d.of("there").between(0, all)
	if t := v.over(c, at.Add(there)); t != nil {
		all += t.delay
	}
	return there, all - there
}
