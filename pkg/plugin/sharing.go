package plugin

import (
	"context"
	"crypto/tls"
	"errors"
	"regexp"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// keyPrefix is what the names of keys may begin with. Braces say what a Cluster keeps together, which is not for a user to say.
var keyPrefix = regexp.MustCompile(`^[\w.:-]{1,64}$`)

// urlProblems are the keys of what is said of a URL of the shared cache that is none.
var urlProblems = map[error]string{
	sharedcache.ErrURL:           "settings.malformed",
	sharedcache.ErrScheme:        "settings.noRedis",
	sharedcache.ErrHost:          "settings.noHost",
	sharedcache.ErrPasswordInURL: "settings.passwordInURL",
}

// sharedCacheProblems are the mistakes about the shared cache. They quote no URL: it may hold a password.
func (s settings) sharedCacheProblems() error {
	if s.SharedCacheURL == "" {
		return nil
	}
	var problems []error
	if err := sharedcache.CheckURL(s.SharedCacheURL); err != nil {
		problems = append(problems, newProblem(urlProblems[err], locales.Args{
			"field": "sharedCacheURL", "example": "redis://redis.example.com:6379",
		}))
	}
	if !keyPrefix.MatchString(s.SharedCachePrefix) {
		problems = append(problems, newProblem("settings.malformed", locales.Args{
			"field": "sharedCachePrefix", "example": locales.Text{Key: "form.sharedCachePrefix"},
		}))
	}
	if authTypes[s.AuthType].ofServer {
		problems = append(problems, s.sharedByServers())
	}
	return errors.Join(problems...)
}

// sharedByServers is what is missing where one signs in as the server: there is no secret then that only the replicas have,
// and two servers may sign in alike that belong to different accounts.
func (s settings) sharedByServers() error {
	var problems []error
	if s.sharedCachePassword() == "" {
		problems = append(problems, newProblem("settings.sharedNeedsPassword", locales.Args{"authType": s.AuthType}))
	}
	if s.SharedCachePrefix == sharedcache.DefaultPrefix {
		problems = append(problems, newProblem("settings.sharedNeedsPrefix", locales.Args{
			"authType": s.AuthType, "example": locales.Text{Key: "form.sharedCachePrefix"},
		}))
	}
	return errors.Join(problems...)
}

// sharedCache is what the data source has in common with those of other replicas; nil for nothing.
func (s settings) sharedCache(ctx context.Context, instance backend.DataSourceInstanceSettings) (*sharedcache.Config, error) {
	if s.SharedCacheURL == "" {
		return nil, nil
	}
	trust, err := tlsConfig(ctx, instance)
	if err != nil {
		return nil, err
	}
	return &sharedcache.Config{
		URL:      s.SharedCacheURL,
		Password: s.sharedCachePassword(),
		Prefix:   s.SharedCachePrefix,
		TLS:      trust,
		Identity: s.sharedIdentity(),
	}, nil
}

// sharedCachePassword is the password of the shared cache. Copying it brings white space along.
func (s settings) sharedCachePassword() string {
	return strings.TrimSpace(s.secrets["sharedCachePassword"])
}

// sharedIdentity is what all replicas of the account can work out. Nobody else can, as it is made of the secrets of the way
// to sign in; and of the password of the shared cache, because a role of the server, the default chain and demo data have no
// secrets.
func (s settings) sharedIdentity() []byte {
	return digest([]string{s.account(), s.sharedCachePassword()})
}

// tlsConfig is that of the HTTP client that Grafana wants for the data source.
func tlsConfig(ctx context.Context, instance backend.DataSourceInstanceSettings) (*tls.Config, error) {
	options, err := httpOptions(ctx, instance)
	if err != nil {
		return nil, err
	}
	config, err := httpclient.GetTLSConfig(options)
	if err != nil {
		return nil, errHTTPSettings
	}
	return config, nil
}

// troubles are the keys of why the shared cache is not used, and what to do.
var troubles = map[sharedcache.Trouble]string{
	sharedcache.Starting:    "sharedCache.starting",
	sharedcache.Unreachable: "sharedCache.unreachable",
	sharedcache.TooSlow:     "sharedCache.tooSlow",
	sharedcache.Denied:      "sharedCache.denied",
	sharedcache.Full:        "sharedCache.full",
	sharedcache.ReadOnly:    "sharedCache.readOnly",
	sharedcache.Untrusted:   "sharedCache.untrusted",
	sharedcache.Failing:     "sharedCache.failing",
}

// sharingFindings tell how the shared cache does, if there is one: in a line of details, and where it is not used in one
// sentence.
func sharingFindings(w *locales.Words, state *sharedcache.State) (summary string, details []string) {
	if state == nil {
		return "", nil
	}
	if state.Trouble == "" {
		return "", []string{w.Say("sharedCache.answers", locales.Args{"count": state.Replicas})}
	}
	summary = w.Say(troubles[state.Trouble], nil)
	return summary, []string{summary}
}
