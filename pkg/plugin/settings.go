package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// settings are the data source's settings; docs/configuration.md describes them. Units are in the names or said here.
type settings struct {
	AuthType     string `json:"authType"`
	Endpoint     string `json:"endpoint"`
	APIVersion   string `json:"apiVersion"`
	FlowUnit2014 string `json:"flowUnit2014"`
	// DataDelay is a duration such as 15m.
	DataDelay      string `json:"dataDelay"`
	CallsPerSecond int    `json:"callsPerSecond"`
	CacheMaxMB     int    `json:"cacheMaxMB"`
	// SharedCacheURL is empty where replicas share nothing; sharing.go says what they share.
	SharedCacheURL    string `json:"sharedCacheURL"`
	SharedCachePrefix string `json:"sharedCachePrefix"`
	// Language is that of the sentences written for users.
	Language string `json:"language"`
	// DemoDomains is how many domains the account of the demo data has.
	DemoDomains int `json:"demoDomains"`

	// Of the ways to sign in that get the key of a session; credentials.go says which takes what.
	RoleARN            string `json:"roleArn"`
	RoleSessionName    string `json:"roleSessionName"`
	RoleSessionSeconds int    `json:"roleSessionSeconds"`
	ExternalID         string `json:"externalId"`
	ECSRoleName        string `json:"ecsRoleName"`
	OIDCProviderARN    string `json:"oidcProviderArn"`
	OIDCTokenFile      string `json:"oidcTokenFile"`
	STSEndpoint        string `json:"stsEndpoint"`

	endpoint    *url.URL
	stsEndpoint *url.URL
	dataDelay   time.Duration
	// secrets are the decrypted secureJsonData.
	secrets map[string]string
}

func defaultSettings() settings {
	return settings{
		AuthType:       authAccessKey,
		Endpoint:       "https://cdn.aliyuncs.com",
		APIVersion:     "auto",
		FlowUnit2014:   "bit",
		DataDelay:      "15m",
		CallsPerSecond: 20,
		CacheMaxMB:     64,
		Language:       "en-US",
		DemoDomains:    len(cdnsim.DemoDomains()),

		SharedCachePrefix: sharedcache.DefaultPrefix,

		RoleSessionName:    "grafana-aliyuncdn",
		RoleSessionSeconds: 3600,
		STSEndpoint:        sts.Endpoint,
	}
}

// apiVersions are the values of apiVersion; none stands for the choice that the answers make.
var apiVersions = map[string]string{
	"auto":                       "",
	cdn.SrcFlowData.Version():    cdn.SrcFlowData.Version(),
	cdn.SrcTrafficData.Version(): cdn.SrcTrafficData.Version(),
}

// flowUnits are the values of flowUnit2014.
var flowUnits = map[string]cdn.Unit{"bit": cdn.Bit, "byte": cdn.Byte}

// parseSettings reads the settings. Its error joins everything that is wrong with them.
func parseSettings(jsonData []byte, secrets map[string]string) (settings, error) {
	s := defaultSettings()
	var typeErr, delayErr, endpointErr, stsErr error
	if len(jsonData) > 0 && string(jsonData) != "null" { // which Grafana sends for settings never saved
		typeErr = decodeFields("settings.noObject", jsonData, &s, strings.TrimSpace)
	}
	s.secrets = secrets

	s.dataDelay, delayErr = parseDelay(s.DataDelay)
	s.endpoint, endpointErr = parseEndpoint("endpoint", s.Endpoint, defaultSettings().Endpoint)
	s.stsEndpoint, stsErr = parseSTSEndpoint(s.STSEndpoint)
	return s, errors.Join(
		typeErr,
		oneOf("authType", s.AuthType, authTypes),
		s.missingFields(),
		s.malformedFields(),
		endpointErr,
		stsErr,
		oneOf("apiVersion", s.APIVersion, apiVersions),
		oneOf("flowUnit2014", s.FlowUnit2014, flowUnits),
		delayErr,
		between("callsPerSecond", s.CallsPerSecond, 1, 100),
		between("cacheMaxMB", s.CacheMaxMB, 1, 4096),
		s.sharedCacheProblems(),
		between("roleSessionSeconds", s.RoleSessionSeconds, 900, 43200),
		oneOf("language", s.Language, locales.Languages),
		between("demoDomains", s.DemoDomains, len(cdnsim.DemoDomains()), maxDemoDomains),
	)
}

// account identifies the Alibaba Cloud account, without revealing anything of it. Other secrets or another endpoint are
// another account: what was fetched with the old ones is not served to the new. So are other roles, another external id, or
// whoever else is asked for a session; but not another session.
func (s settings) account() string {
	parts := slices.Concat([]string{s.AuthType, s.endpoint.String()}, s.fieldValues(), s.identity())
	if s.AuthType == authDemo {
		parts = append(parts, strconv.Itoa(s.DemoDomains))
	}
	return hex.EncodeToString(digest(parts))
}

// digest is the SHA-256 of the parts, which differs wherever they are cut.
func digest(parts []string) []byte {
	hash := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	return hash.Sum(nil)
}

// maxDemoDomains bounds the demo account: the plugin's own process adds its domains up.
const maxDemoDomains = 10_000

// maxDelay bounds dataDelay. Even the slowest of the API's numbers are there the next day: more is a slip of the pen that
// would hide what is final.
const maxDelay = 24 * time.Hour

func parseDelay(text string) (time.Duration, error) {
	delay, err := gtime.ParseDuration(text)
	if err != nil || delay < 0 || delay > maxDelay {
		return 0, newProblem("settings.badDelay", locales.Args{"value": strconv.Quote(text)})
	}
	return delay, nil
}

// defaultPorts are those that go without saying.
var defaultPorts = map[string]string{"https": "443", "http": "80"}

// parseEndpoint brings all ways to write an endpoint into one form: it identifies the account, and an account that is
// written in two ways would be allowed to call twice as often.
func parseEndpoint(field, text, such string) (*url.URL, error) {
	refuse := func(key string) (*url.URL, error) {
		return nil, newProblem(key, locales.Args{"field": field, "example": such})
	}
	endpoint, err := url.Parse(text)
	if err != nil || endpoint.Hostname() == "" {
		return refuse("settings.badEndpoint")
	}
	host, ok := plainHost(endpoint.Hostname())
	port := endpoint.Port()
	if number, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || number == 0 || strconv.FormatUint(number, 10) != port) {
		ok = false
	}
	one := &url.URL{Scheme: endpoint.Scheme, Host: host}
	if port != "" && port != defaultPorts[one.Scheme] {
		one.Host += ":" + port
	}
	switch {
	case !ok:
		return refuse("settings.badHost")
	case endpoint.User != nil || strings.Trim(endpoint.Path, "/") != "" || endpoint.RawQuery != "" || endpoint.Fragment != "":
		return refuse("settings.moreThanHost")
	case one.Scheme == "https", one.Scheme == "http" && isLoopback(one.Hostname()):
		return one, nil
	}
	return refuse("settings.plain")
}

// stsHost is STS as a whole, of a region, or inside the virtual networks of one. Other names of that domain may be anybody's:
// sts.oss-cn-hangzhou.aliyuncs.com is a bucket.
var stsHost = regexp.MustCompile(`^sts(-vpc)?(\.[a-z]{2}-[a-z0-9-]+)?\.aliyuncs\.com$`)

// parseSTSEndpoint takes addresses of STS only: who receives a signed call of AssumeRole can make it himself, and has the
// session.
func parseSTSEndpoint(text string) (*url.URL, error) {
	endpoint, err := parseEndpoint("stsEndpoint", text, sts.Endpoint)
	if err != nil {
		return nil, err
	}
	host := endpoint.Hostname()
	if !isLoopback(host) && (!stsHost.MatchString(host) || endpoint.Port() != "") {
		return nil, newProblem("settings.notSTS", nil)
	}
	return endpoint, nil
}

// hostName is what a name may look like: what letters of other scripts stand for is for nobody to guess, and a last dot is
// another spelling.
var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`)

// plainHost brings a name or an address into one form.
func plainHost(text string) (host string, ok bool) {
	if ip, err := netip.ParseAddr(text); err == nil {
		if ip = ip.Unmap(); ip.Is6() {
			return "[" + ip.String() + "]", ip.Zone() == ""
		}
		return ip.String(), true
	}
	return strings.ToLower(text), len(text) <= 253 && hostName.MatchString(text)
}

// isLoopback tells whether a host is this machine, by its name or address alone: what a name server says may change.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func between(key string, value, least, most int) error {
	if value < least || value > most {
		return newProblem("value.outside", locales.Args{"field": key, "least": least, "most": most, "value": value})
	}
	return nil
}
