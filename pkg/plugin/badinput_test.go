package plugin

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestBadInputIsExplainedAndNothingIsSent(t *testing.T) {
	l := newLab(t, setup{})
	for name, c := range map[string]struct {
		query string
		// says are parts of the error: the field, the value, and what is allowed.
		says []string
	}{
		"an unknown query type": {`{"queryType":"hitRate"}`, []string{"queryType", `"hitRate"`, "originFlow"}},
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
	for _, part := range []string{"callsPerSecond", "1000", "between 1 and 100", "authType", `"password"`, "accessKey, demo, stsToken"} {
		assert.ErrorContains(t, response.Error, part)
	}
	assert.Empty(t, l.sim.Calls())
	assert.Equal(t, backend.StatusOK, l.ask(hour(`{}`)).Status, "a hidden query stays hidden")
}
