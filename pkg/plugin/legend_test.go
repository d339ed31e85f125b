package plugin

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALegendSaysWhatItsPlaceholdersStandFor(t *testing.T) {
	const plain, status = `"domains":["www.example.com"]`, `"domains":["www.example.com"],"queryType":"originStatus","statusCodes":["503"]`
	for name, c := range map[string]struct{ query, format, want string }{
		"the domain":                           {plain, "{{domain}}", "www.example.com"},
		"none":                                 {plain, "", "www.example.com"},
		"only text":                            {plain, "Origin", "Origin"},
		"text around it":                       {plain, "Origin of {{domain}}!", "Origin of www.example.com!"},
		"twice":                                {plain, "{{domain}}/{{domain}}", "www.example.com/www.example.com"},
		"spaces inside the braces":             {plain, "{{ domain }} {{metric }} {{  metric}}", "www.example.com origin flow origin flow"},
		"the metric":                           {plain, "{{metric}}", "origin flow"},
		"one that is not known":                {plain, "{{region}} {{ Domain }} {{}} {{domain", "{{region}} {{ Domain }} {{}} {{domain"},
		"braces that are not closed before it": {plain, "{{{domain}}}", "{www.example.com}"},
		"what this metric does not have":       {plain, "{{domain}}{{class}}{{code}}", "www.example.com"},
		"a shift that there is not":            {plain, "{{domain}}{{timeShift}}", "www.example.com"},
		"a shift of nothing":                   {plain + `,"timeShift":"0s"`, "{{domain}}", "www.example.com"},

		"the class":                        {status, "{{class}} of {{domain}}", "5xx of www.example.com"},
		"a class that is not in it":        {status, "{{domain}}", "www.example.com 5xx"},
		"a class where the code is in it":  {status, "{{domain}} {{code}}|", "www.example.com | 5xx"},
		"a class, and no format":           {status, "", "www.example.com 5xx"},
		"a class, the metric":              {status, "{{metric}}", "origin status codes 5xx"},
		"the code":                         {status + `,"statusBy":"code"`, "{{ code }} of {{domain}}", "503 of www.example.com"},
		"a code that is not in it":         {status + `,"statusBy":"code"`, "{{domain}}", "www.example.com 503"},
		"a code where the class is in it":  {status + `,"statusBy":"code"`, "{{domain}} {{class}}|", "www.example.com | 503"},
		"a class, twice":                   {status, "{{class}} {{class}}", "5xx 5xx"},
		"the class by an unknown name":     {status, "{{domain}} {{status}}", "www.example.com {{status}} 5xx"},
		"a class of a merged series":       {status + `,"mergeDomains":true`, "{{class}}", "5xx"},
		"a class of all domains":           {`"domainMode":"all","mergeDomains":true,"queryType":"edgeStatus","statusCodes":["4xx"]`, "{{domain}}", "* 4xx"},
		"a shift that is not in it":        {plain + `,"timeShift":"1d"`, "{{domain}}", "www.example.com (-1d)"},
		"the shift":                        {plain + `,"timeShift":"1d"`, "{{domain}} {{ timeShift }} ago", "www.example.com 1d ago"},
		"a class and a shift":              {status + `,"timeShift":"90m"`, "{{domain}}", "www.example.com 5xx (-90m)"},
		"a class, and the shift in it":     {status + `,"timeShift":"1w"`, "{{timeShift}} {{domain}}", "1w www.example.com 5xx"},
		"a shift, and the class in it":     {status + `,"timeShift":"1w"`, "{{class}}", "5xx (-1w)"},
		"a label that looks like a format": {`"domainMode":"regex","domainPattern":"w{{1}}|^www\\.ex","mergeDomains":true`, "{{domain}}", `w{{1}}|^www\.ex`},
	} {
		t.Run(name, func(t *testing.T) {
			frames := newLab(t, setup{}).frames(hour(`{` + c.query + `,"legendFormat":` + string(mustJSON(t, c.format)) + `}`))
			require.Len(t, frames, 1)
			assert.Equal(t, c.want, frames[0].Fields[1].Config.DisplayNameFromDS)
		})
	}
}

func TestEveryMetricHasItsNameInALegend(t *testing.T) {
	l := newLab(t, setup{})
	for metric, name := range map[string]string{
		"originFlow": "origin flow", "edgeFlow": "edge flow", "originRequests": "origin requests", "edgeRequests": "edge requests",
		"originStatus": "origin status codes 2xx", "edgeStatus": "edge status codes 2xx", "hitRatio": "hit ratio",
		"requestHitRatio": "request hit ratio", "originShare": "origin share",
	} {
		frames := l.frames(hour(`{"domains":["www.example.com"],"legendFormat":"{{metric}}","queryType":"` + metric + `","statusCodes":["2xx"]}`))
		require.Len(t, frames, 1, metric)
		assert.Equal(t, name, frames[0].Fields[1].Config.DisplayNameFromDS)
	}
}

func TestTheSeriesOfAPanelHaveEachTheirOwnLegend(t *testing.T) {
	l := newLab(t, setup{})
	for _, by := range []string{"class", "code"} {
		for _, format := range []string{"{{domain}}", "{{domain}} {{class}}", "{{code}} {{domain}}", "{{domain}} {{class}} {{code}}"} {
			seen := map[string]data.Labels{}
			for _, f := range l.frames(hour(
				`{"domains":["www.example.com","img.example.com"],"queryType":"edgeStatus","statusBy":"` + by + `","legendFormat":"` + format + `"}`)) {
				legend := f.Fields[1].Config.DisplayNameFromDS
				assert.NotContains(t, seen, legend, "%s by %s", format, by)
				seen[legend] = f.Fields[1].Labels
			}
		}
	}
}
