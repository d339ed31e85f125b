package plugin

import (
	"cmp"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// allMetrics is what an error says that a query type may be.
const allMetrics = "edgeFlow, edgeRequests, edgeStatus, hitRatio, originFlow, originRequests, originShare, originStatus, requestHitRatio"

func TestBadInputIsExplainedAndNothingIsSent(t *testing.T) {
	l := newLab(t, setup{})
	for name, c := range map[string]struct {
		query string
		// says are parts of the error: the field, the value, and what is allowed.
		says []string
	}{
		"an unknown query type": {`{"queryType":"hitRate"}`, []string{"queryType", `"hitRate"`, allMetrics}},
		"an unknown domain mode": {
			`{"domainMode":"some"}`, []string{"domainMode", `"some"`, "all, list, regex"},
		},
		"an unknown time merge":  {`{"timeMerge":"true"}`, []string{"timeMerge", `"true"`, "auto, off, on"}},
		"an unknown granularity": {`{"granularity":"2h"}`, []string{"granularity", `"2h"`, "1d, 1h, 5m, auto"}},
		"an unknown gap fill":    {`{"gapFill":"linear"}`, []string{"gapFill", `"linear"`, "none, null, zero"}},
		"an unknown unit": {
			`{"unit":"Bits"}`, []string{"unit", `"Bits"`, "bits, bitsPerSecond, bytes, bytesPerSecond"},
		},
		"an unknown provisional": {`{"provisional":"maybe"}`, []string{"provisional", `"maybe"`, "hide, show"}},

		"a metric of another field": {
			`{"queryType":"OriginFlow"}`, []string{"queryType", `"OriginFlow"`, allMetrics},
		},
		"an unknown way to tell codes apart": {`{"statusBy":"codes"}`, []string{"statusBy", `"codes"`, "class, code"}},
		"an unknown way to take refusals":    {`{"onForbidden":"ignore"}`, []string{"onForbidden", `"ignore"`, "error, notice"}},

		"a unit of requests for a flow":     {`{"unit":"count"}`, []string{"unit", `"count"`, "bits, bitsPerSecond, bytes, bytesPerSecond"}},
		"a unit of flows for requests":      {`{"queryType":"edgeRequests","unit":"bits"}`, []string{"unit", `"bits"`, "of count, perSecond"}},
		"a share of requests":               {`{"queryType":"originRequests","unit":"percent"}`, []string{"unit", `"percent"`, "of count, perSecond"}},
		"a unit of flows for status codes":  {`{"queryType":"edgeStatus","unit":"bytes"}`, []string{"unit", `"bytes"`, "of count, perSecond, percent"}},
		"a unit of flows for a hit ratio":   {`{"queryType":"hitRatio","unit":"bits"}`, []string{"unit", `"bits"`, "of percent"}},
		"a count for an origin share":       {`{"queryType":"originShare","unit":"count"}`, []string{"unit", `"count"`, "of percent"}},
		"a rate for a hit ratio of request": {`{"queryType":"requestHitRatio","unit":"perSecond"}`, []string{"unit", `"perSecond"`, "of percent"}},

		"a text for a status code":         {`{"statusCodes":["abc"]}`, []string{"statusCodes", `"abc"`, "5xx", "404"}},
		"a status code that is too long":   {`{"statusCodes":["6000"]}`, []string{"statusCodes", `"6000"`, "5xx", "404"}},
		"a status code that is too small":  {`{"statusCodes":["099"]}`, []string{"statusCodes", `"099"`, "5xx", "404"}},
		"a class that is cut off":          {`{"statusCodes":["5x"]}`, []string{"statusCodes", `"5x"`, "5xx", "404"}},
		"a range of status codes":          {`{"statusCodes":["500-599"]}`, []string{"statusCodes", `"500-599"`}},
		"a variable for a status code":     {`{"statusCodes":["$code"]}`, []string{"statusCodes", `"$code"`}},
		"a number for a status code":       {`{"statusCodes":[404]}`, []string{"statusCodes", "list of strings", "404"}},
		"one status code for a list":       {`{"statusCodes":"404"}`, []string{"statusCodes", "list of strings", `"404"`}},
		"several that are no status codes": {`{"statusCodes":["404","abc","5xx","6000"]}`, []string{`"abc"`, `"6000"`}},

		"fewer than none":     {`{"topN":-1}`, []string{"topN", "between 0 and 1000", "-1"}},
		"more than are shown": {`{"topN":1001}`, []string{"topN", "between 0 and 1000", "1001"}},
		"a text for a number": {`{"topN":"5"}`, []string{"topN", "whole number", `"5"`}},
		"a half":              {`{"topN":2.5}`, []string{"topN", "whole number", "2.5"}},
		"a number too large":  {`{"topN":1e40}`, []string{"topN", "whole number", "1e40"}},

		"a shift that is no duration":    {`{"timeShift":"x"}`, []string{"timeShift", `"x"`, "from 0s to 366d, such as 1d, 90m or 1d12h"}},
		"a shift without a unit":         {`{"timeShift":"7"}`, []string{"timeShift", `"7"`, "such as 1d, 90m or 1d12h"}},
		"a shift into the future":        {`{"timeShift":"-1d"}`, []string{"timeShift", `"-1d"`, "from 0s to 366d"}},
		"a shift before all history":     {`{"timeShift":"400d"}`, []string{"timeShift", `"400d"`, "from 0s to 366d"}},
		"a shift that overflows":         {`{"timeShift":"200000d"}`, []string{"timeShift", `"200000d"`, "from 0s to 366d"}},
		"a shift of more than overflows": {`{"timeShift":"99999999999999999999d"}`, []string{"timeShift", "from 0s to 366d"}},
		"a variable for a shift":         {`{"timeShift":"$shift"}`, []string{"timeShift", `"$shift"`}},
		"a number for a shift":           {`{"timeShift":86400}`, []string{"timeShift", "string", "86400"}},

		"a text for a list":       {`{"domains":"www.example.com"}`, []string{"domains", "list of strings", `"www.example.com"`}},
		"a number in a list":      {`{"domains":["www.example.com",5]}`, []string{"domains", "list of strings", "5"}},
		"a text for a boolean":    {`{"mergeDomains":"yes"}`, []string{"mergeDomains", "boolean", `"yes"`}},
		"a number for a text":     {`{"unit":8}`, []string{"unit", "string", "8"}},
		"an object for a text":    {`{"domainPattern":{"a":1}}`, []string{"domainPattern", "string", `{"a":1}`}},
		"a list for a text":       {`{"legendFormat":["a"]}`, []string{"legendFormat", "string", `["a"]`}},
		"a list for a query":      {`[]`, []string{"the query", "JSON object"}},
		"a text for a query":      {`"www.example.com"`, []string{"the query", "JSON object"}},
		"null for a query":        {`null`, []string{"the query", "JSON object"}},
		"nothing for a query":     {``, []string{"the query", "JSON object"}},
		"a query that is cut off": {`{"domains":["www.exa`, []string{"the query", "JSON object"}},

		"a broken regular expression": {
			`{"domainMode":"regex","domainPattern":"img("}`, []string{"domainPattern", "img(", "RE2"},
		},
		"a regular expression of another kind": {
			`{"domainMode":"regex","domainPattern":"(?!img)"}`, []string{"domainPattern", "(?!", "RE2"},
		},
		"no regular expression": {`{"domainMode":"regex"}`, []string{"domainPattern", "empty", "such as"}},
		"a variable in a regular expression": {
			`{"domainMode":"regex","domainPattern":"^${env}\\."}`, []string{"domainPattern", `^${env}\\.`, "variable"},
		},
		"an old variable in a regular expression": {
			`{"domainMode":"regex","domainPattern":"$domain"}`, []string{"domainPattern", "$domain", "variable"},
		},

		"a variable":                  {`{"domains":["$domain"]}`, []string{"domains", "$domain", "variable"}},
		"a variable in braces":        {`{"domains":["${domain:csv}"]}`, []string{"domains", "${domain:csv}", "variable"}},
		"a variable in brackets":      {`{"domains":["[[domain]]"]}`, []string{"domains", "[[domain]]", "letters, digits"}},
		"a glob of several names":     {`{"domains":["{a.com,b.com}"]}`, []string{"domains", "{a.com,b.com}", "letters, digits"}},
		"several names in one":        {`{"domains":["a.com,b.com"]}`, []string{"domains", "a.com,b.com", "letters, digits"}},
		"an address of a page":        {`{"domains":["https://www.example.com/"]}`, []string{"domains", "https://www.example.com/", "letters, digits"}},
		"a name with a port":          {`{"domains":["www.example.com:443"]}`, []string{"domains", "www.example.com:443", "letters, digits"}},
		"a name with blanks":          {`{"domains":["www example.com"]}`, []string{"domains", "www example.com", "letters, digits"}},
		"a name with a line in it":    {`{"domains":["www.example.com\nimg.example.com"]}`, []string{"domains", `www.example.com\nimg`, "letters, digits"}},
		"a name with a parameter":     {`{"domains":["www.example.com&Action=DeleteCdnDomain"]}`, []string{"domains", "&Action", "letters, digits"}},
		"a name with an empty label":  {`{"domains":["www..example.com"]}`, []string{"domains", "www..example.com", "letters, digits"}},
		"a name that ends with a dot": {`{"domains":["www.example.com."]}`, []string{"domains", "www.example.com.", "letters, digits"}},
		"a star in a name":            {`{"domains":["www.*.com"]}`, []string{"domains", "www.*.com", "letters, digits"}},
		"a name that is too long": {
			`{"domains":["` + strings.Repeat("a.", 130) + `com"]}`, []string{"domains", "a.a.a", "letters, digits"},
		},

		"several problems": {
			`{"domains":["$a","b c"],"unit":"miles","granularity":7,"gapFill":"x","provisional":{}}`,
			[]string{"$a", "b c", "miles", "granularity", "gapFill", "provisional", "{}"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			response := l.ask(hour(c.query))
			require.Error(t, response.Error)
			assert.Equal(t, backend.StatusBadRequest, response.Status)
			assert.Equal(t, backend.ErrorSourceDownstream, response.ErrorSource, "a mistake in a query is no failure of the plugin")
			assert.Empty(t, response.Frames)
			for _, part := range c.says {
				assert.ErrorContains(t, response.Error, part)
			}
			assert.Empty(t, l.sim.Calls())
		})
	}
}

func TestNamesThatDomainsMayHaveAreAllowed(t *testing.T) {
	names := []string{"a.com", "A-b.Example.COM", "*.example.com", ".example.com", "_x.example.com", "例子.测试", "1.2.3.cn", "localhost"}
	q, err := parseQuery(mustJSON(t, map[string]any{"domains": names}))
	require.NoError(t, err)
	assert.Len(t, q.Domains, len(names))
}

func TestAMissingUnitIsTheFirstOfTheMetric(t *testing.T) {
	l := newLab(t, setup{})
	for metric, first := range map[string]string{
		"originFlow": "decbits", "edgeFlow": "decbits", "originRequests": "short", "edgeRequests": "short",
		"originStatus": "short", "edgeStatus": "short", "hitRatio": "percent", "requestHitRatio": "percent", "originShare": "percent",
	} {
		for _, unit := range []string{"", `,"unit":""`, `,"unit":null`} {
			frames := l.frames(hour(`{"domains":["www.example.com"],"queryType":"` + metric + `"` + unit + `}`))
			require.NotEmpty(t, frames, metric)
			assert.Equal(t, first, frames[0].Fields[1].Config.Unit, metric)
		}
	}
}

func TestFieldsTakeWhatTheyMay(t *testing.T) {
	for query, want := range map[string]queryModel{
		`{"statusCodes":["5XX ","404","404"," 5xx",""]}`: {StatusCodes: []string{"5xx", "404"}},
		`{"statusCodes":["100","999","9xx"]}`:            {StatusCodes: []string{"100", "999", "9xx"}},
		`{"statusCodes":null,"topN":null}`:               {},
		`{"topN":0}`:                                     {},
		`{"topN":1000}`:                                  {TopN: 1000},
		`{"timeShift":""}`:                               {},
		`{"timeShift":"1d"}`:                             {TimeShift: "1d", shift: 24 * time.Hour},
		`{"timeShift":"7d"}`:                             {TimeShift: "7d", shift: 7 * 24 * time.Hour},
		`{"timeShift":"90m"}`:                            {TimeShift: "90m", shift: 90 * time.Minute},
		`{"timeShift":"1w"}`:                             {TimeShift: "1w", shift: 7 * 24 * time.Hour},
		`{"timeShift":"1h30m"}`:                          {TimeShift: "1h30m", shift: 90 * time.Minute},
		`{"timeShift":"366d"}`:                           {TimeShift: "366d", shift: 366 * 24 * time.Hour},
		`{"statusBy":"code"}`:                            {StatusBy: "code"},
		`{"onForbidden":"notice"}`:                       {OnForbidden: "notice"},
	} {
		t.Run(query, func(t *testing.T) {
			full := defaultQuery()
			full.Unit = "bits"
			full.StatusCodes, full.TopN, full.TimeShift, full.shift = want.StatusCodes, want.TopN, want.TimeShift, want.shift
			full.StatusBy, full.OnForbidden = cmp.Or(want.StatusBy, full.StatusBy), cmp.Or(want.OnForbidden, full.OnForbidden)
			q, err := parseQuery([]byte(query))
			require.NoError(t, err)
			assert.Equal(t, full, q)
		})
	}
}

func TestAnUnknownFieldIsIgnored(t *testing.T) {
	l := newLab(t, setup{})
	assert.Len(t, l.frames(hour(`{"domains":["www.example.com"],"hide":false,"key":"Q-1","format":{"future":true}}`)), 1)
}

func TestTooManySeriesAreRefusedBeforeAnyIsFetched(t *testing.T) {
	many := cdnsim.ManyDomains(1001)
	names := make([]string, len(many))
	for i, domain := range many {
		names[i] = domain.Name
	}
	for name, c := range map[string]struct {
		query    map[string]any
		listings int
	}{
		"all":   {map[string]any{"domainMode": "all"}, 3},
		"regex": {map[string]any{"domainMode": "regex", "domainPattern": "."}, 3},
		"list":  {map[string]any{"domains": names}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{api: cdnsim.Options{Domains: many}})
			response := l.ask(hour(string(mustJSON(t, c.query))))
			assert.Equal(t, backend.StatusBadRequest, response.Status)
			assert.ErrorContains(t, response.Error, "1001 domains, more than 1000")
			assert.ErrorContains(t, response.Error, "merge them into one series or narrow the selection")
			assert.Empty(t, l.calls(flow))
			assert.Len(t, l.calls(listing), c.listings)
		})
		t.Run(name+", merged", func(t *testing.T) {
			t.Parallel()
			l := newLab(t, setup{api: cdnsim.Options{Domains: many}})
			query := maps.Clone(c.query)
			query["mergeDomains"] = true
			frames := l.frames(hour(string(mustJSON(t, query))))
			require.Len(t, frames, 1)
			requireSlices(t, frames[0], names, noon.Add(-67*time.Minute), noon.Add(-17*time.Minute), 5*time.Minute, 8)
		})
	}
	t.Run("a thousand are served", func(t *testing.T) {
		q, err := parseQuery(mustJSON(t, map[string]any{"domains": names[:1000]}))
		require.NoError(t, err)
		targets, err := makeTargets(q, q.Domains)
		require.NoError(t, err)
		assert.Len(t, targets, 1000)
	})
}

func TestAQueryOfABrokenDataSourceSaysWhatIsWrongWithIt(t *testing.T) {
	l := newLab(t, setup{json: map[string]any{"callsPerSecond": 1000, "authType": "password"}})
	response := l.ask(hour(`{"domains":["www.example.com"]}`))
	assert.Equal(t, backend.StatusBadRequest, response.Status)
	for _, part := range []string{"callsPerSecond", "1000", "between 1 and 100", "authType", `"password"`, "accessKey, default, demo, ecsRamRole, oidcRoleArn, ramRoleArn, stsToken"} {
		assert.ErrorContains(t, response.Error, part)
	}
	assert.Empty(t, l.sim.Calls())
	assert.Equal(t, backend.StatusOK, l.ask(hour(`{}`)).Status, "a hidden query stays hidden")
}
