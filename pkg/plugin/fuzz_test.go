package plugin

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// FuzzParseQuery holds any query that is taken to what its fields may be, and to be the same query when saved again.
func FuzzParseQuery(f *testing.F) {
	for _, query := range []string{
		``, `null`, `[]`, `{}`, `{"domains":["www.example.com"," WWW.example.com ","*.a.com"],"unit":"bytes","legendFormat":"{{domain}} {{x}}"}`,
		`{"queryType":"originStatus","statusBy":"code","statusCodes":["5XX ","404"],"unit":"percent","topN":5}`,
		`{"queryType":"hitRatio","timeShift":"1w","onForbidden":"notice","domainMode":"all","mergeDomains":true}`,
		`{"domainMode":"regex","domainPattern":"^(img|api)\\.","granularity":"1h","timeMerge":"off","gapFill":"zero","provisional":"show"}`,
		`{"timeShift":"9223372036854775807w","topN":-1,"statusCodes":["6000"],"unit":"miles"}`,
		`{"domains":["www.example.com"],"queryType":"edgeStatus","statusBy":"code","statusCodes":["5xx","404"]}`,
		`{"domainMode":"regex","domainPattern":"^img(?i)","mergeDomains":true,"timeMerge":"on","topN":5,"timeShift":"1d12h"}`,
		`{"domainMode":"all","granularity":"1h","gapFill":"null","unit":"bitsPerSecond","provisional":"show","legendFormat":"{{domain}} x","onForbidden":"notice"}`,
	} {
		f.Add([]byte(query))
	}
	domains := cdnsim.DemoDomains()
	f.Fuzz(func(t *testing.T, query []byte) {
		q, err := parseQuery(query)
		if err != nil {
			e := explain(locales.English, badRequest(err))
			require.NotEmpty(t, e.text)
			require.EqualValues(t, 400, e.status)
			return
		}
		require.Contains(t, queryTypes, q.QueryType)
		require.Same(t, queryTypes[q.QueryType], q.metric)
		require.Contains(t, q.metric.Units, q.Unit)
		require.Contains(t, units, q.Unit)
		require.Contains(t, domainModes, q.DomainMode)
		require.Contains(t, timeMerges, q.TimeMerge)
		require.Contains(t, granularities, q.Granularity)
		require.Contains(t, gapFills, q.GapFill)
		require.Contains(t, provisional, q.Provisional)
		require.Contains(t, statusBys, q.StatusBy)
		require.Contains(t, onForbidden, q.OnForbidden)
		require.True(t, 0 <= q.TopN && q.TopN <= maxTop)
		require.True(t, 0 <= q.shift && q.shift <= maxShift)
		for _, code := range q.StatusCodes {
			require.Regexp(t, `^[1-9](xx|[0-9]{2})$`, code)
		}
		if q.DomainMode == modeList {
			require.Len(t, slices.Compact(slices.Sorted(slices.Values(q.Domains))), len(q.Domains), "each once")
			for _, name := range q.Domains {
				require.False(t, strings.ContainsAny(name, ", &=%/$"), name)
				require.Equal(t, strings.ToLower(name), name)
			}
		}
		if q.DomainMode == modeRegex {
			pattern := regexp.MustCompile(q.DomainPattern)
			for _, domain := range domains {
				pattern.MatchString(domain.Name)
			}
		}

		// What has been read reads the same once more, and can be used.
		again, err := parseQuery(mustJSON(t, q))
		require.NoError(t, err)
		require.Equal(t, q, again)
		q.legend(data.Labels{"domain": "www.example.com", q.StatusBy: "5xx"})
		_, kept := q.codeGroups()(0)
		require.Equal(t, len(q.StatusCodes) == 0, kept)
	})
}

// FuzzParseSettings holds any settings that are taken to their bounds, and their endpoint to what it may be.
func FuzzParseSettings(f *testing.F) {
	for _, text := range []string{
		``, `null`, `{}`, `{"authType":"stsToken","endpoint":"https://cdn.ap-southeast-1.aliyuncs.com:8443/","dataDelay":"1h30m"}`,
		`{"endpoint":"http://[::1]:8080","callsPerSecond":100,"cacheMaxMB":4096}`, `{"authType":"demo","apiVersion":"2018-05-10","flowUnit2014":"byte"}`,
		`{"endpoint":"http://127.0.0.1.example.com"}`, `{"endpoint":"http://localhost@evil"}`, `{"endpoint":"https://cdn.aliyuncs。com"}`,
		`{"authType":"ramRoleArn","roleArn":"acs:ram::1:role/r","externalId":"e1","roleSessionName":"grafana","roleSessionSeconds":900,"stsEndpoint":"https://STS.cn-hangzhou.aliyuncs.com:443/"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSettings(data, planted)
		if err != nil {
			for name, secret := range planted {
				if strings.Contains(err.Error(), secret) && !strings.Contains(string(data), secret) {
					t.Fatalf("tells %s: %v", name, err)
				}
			}
			return
		}
		if s.dataDelay < 0 || s.dataDelay > 24*time.Hour || s.CallsPerSecond < 1 || s.CallsPerSecond > 100 || s.CacheMaxMB < 1 || s.CacheMaxMB > 4096 {
			t.Fatalf("taken as %+v", s)
		}
		checkEndpoint(t, s.endpoint)
		checkEndpoint(t, s.stsEndpoint)
	})
}

// checkEndpoint has an endpoint be one that a call may be sent to, in one spelling.
func checkEndpoint(t *testing.T, e *url.URL) {
	t.Helper()
	if e.User != nil || e.Path != "" || e.RawQuery != "" || e.Fragment != "" || e.Opaque != "" || e.Hostname() == "" {
		t.Fatalf("an endpoint %q", e)
	}
	ip, err := netip.ParseAddr(e.Hostname())
	isThis := e.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if e.Scheme != "https" && (e.Scheme != "http" || !isThis) {
		t.Fatalf("an endpoint %q", e)
	}
	for _, c := range e.Host {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune(`@/\?#%`, c) || 'A' <= c && c <= 'Z' {
			t.Fatalf("an endpoint %q", e)
		}
	}
	again, err := parseEndpoint("endpoint", e.String(), "https://cdn.aliyuncs.com")
	if err != nil || again.String() != e.String() {
		t.Fatalf("an endpoint %q that is %q when saved again: %v", e, again, err)
	}
}
