package cdnsim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"
)

// settings are the options of a running server, complete and its own. They are
// never changed, only replaced: a call sees one set of them from start to end.
type settings struct {
	Options
	statuses map[string]string // of Options.Domains, by name
}

// newSettings completes opts and copies what they point to, so that whoever made
// them may go on using it.
func newSettings(opts Options) *settings {
	opts = opts.clone()
	if opts.Now == nil {
		opts.Now = time.Now
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
	opts.MaxURL = cmp.Or(opts.MaxURL, DefaultMaxURL)
	opts.Record = cmp.Or(opts.Record, DefaultRecord)
	s := &settings{opts, make(map[string]string, len(opts.Domains))}
	for i, d := range s.Domains {
		s.Domains[i] = d.withDefaults()
		s.statuses[d.Name] = s.Domains[i].Status
	}
	return s
}

func (o Options) clone() Options {
	o.Keys = maps.Clone(o.Keys)
	o.Domains = slices.Clone(o.Domains)
	o.Denied = slices.Clone(o.Denied)
	o.Delay = maps.Clone(o.Delay)
	o.SpanLimit = maps.Clone(o.SpanLimit)
	return o
}

// signingTime is the moment a call's Timestamp is compared with. It is not
// settled with the other defaults: it has to follow a change of Now.
func (s *settings) signingTime(now time.Time) time.Time {
	if s.SigningClock == nil {
		return now
	}
	return s.SigningClock()
}

// date is the Date header of an answer made at now. It is set even if there is to
// be none: net/http adds the machine's time where the key is missing.
func (s *settings) date(now time.Time) []string {
	if s.NoDate {
		return nil
	}
	return []string{now.UTC().Format(http.TimeFormat)}
}

// Change changes the options of a running server: edit gets the present ones,
// complete with their defaults, and may change anything in them. Calls under way
// go on with the options they began with, later ones see all of the edit. Other
// changes wait, so edit must not make one itself. Nonces and calls recorded stay;
// a smaller Record forgets the oldest.
func (s *Server) Change(edit func(*Options)) {
	s.changing.Lock()
	defer s.changing.Unlock()
	opts := s.settings.Load().clone()
	edit(&opts)
	next := newSettings(opts)
	s.record.keep(next.Record)
	s.settings.Store(next)
}

// SetDomains replaces the account's domains, as when a domain is added or taken
// down while the server runs.
func (s *Server) SetDomains(domains []Domain) {
	s.Change(func(o *Options) { o.Domains = append([]Domain{}, domains...) })
}
