package sharedcache

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// What can be wrong with a URL. None quotes it: somebody may have put a password in.
var (
	// ErrScheme: it begins with neither redis:// nor rediss://.
	ErrScheme = errors.New("not a redis:// or rediss:// URL")
	// ErrHost: it names no host.
	ErrHost = errors.New("no host in the URL")
	// ErrPasswordInURL: it holds a password, which belongs where nobody can read it.
	ErrPasswordInURL = errors.New("a password in the URL")
	// ErrURL: it is no URL, or something else in it is not understood.
	ErrURL = errors.New("not the URL of a Redis server")
)

const (
	defaultPort = "6379"

	addrParameter   = "addr"
	masterParameter = "master_name"
)

// place is what a URL says.
type place struct {
	addresses []string // host:port; of Sentinels if there is a master
	master    string   // name that the Sentinels know it by, "" for no Sentinels
	user      string
	database  int
	encrypted bool
}

// CheckURL tells whether [Open] takes a URL; it returns one of the errors above.
func CheckURL(text string) error {
	_, err := parseURL(text)
	return err
}

func parseURL(text string) (place, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return place{}, ErrURL
	}
	// go-redis takes two dozen parameters more, some of which undo what is done for TLS and time here.
	parameters, err := url.ParseQuery(u.RawQuery)
	_, hasPassword := u.User.Password()
	switch {
	case u.Scheme != "redis" && u.Scheme != "rediss":
		return place{}, ErrScheme
	case hasPassword, parameters.Has("password"):
		return place{}, ErrPasswordInURL
	case u.Hostname() == "":
		return place{}, ErrHost
	case err != nil, u.Opaque != "", u.Fragment != "":
		return place{}, ErrURL
	}
	p := place{
		addresses: []string{address(u.Host)},
		master:    parameters.Get(masterParameter),
		user:      u.User.Username(),
		encrypted: u.Scheme == "rediss",
	}
	for _, more := range parameters[addrParameter] {
		p.addresses = append(p.addresses, address(more))
	}
	if slices.Contains(p.addresses, "") {
		return place{}, ErrHost
	}
	for name, values := range parameters {
		if name != addrParameter && (name != masterParameter || len(values) != 1 || p.master == "") {
			return place{}, ErrURL
		}
	}
	if database := strings.Trim(u.Path, "/"); database != "" {
		p.database, err = strconv.Atoi(database)
		if err != nil || p.database < 0 || p.database > 0 && p.isCluster() {
			return place{}, ErrURL // a Cluster has but the first
		}
	}
	return p, nil
}

// address is a host with its port, "" for no host.
func address(text string) string {
	u := url.URL{Host: text}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if u.Hostname() == "" {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (p place) isCluster() bool { return p.master == "" && len(p.addresses) > 1 }
