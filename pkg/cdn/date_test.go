package cdn_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAnAnswerHasTheTimeOfTheClockOfWhoGaveIt(t *testing.T) {
	const noon = "Wed, 15 May 2024 12:00:00 GMT"
	for name, c := range map[string]struct {
		date, age []string
		want      string // "" for none
	}{
		"as HTTP writes it":       {[]string{noon}, nil, "2024-05-15T12:00:00Z"},
		"as HTTP/1.0 wrote it":    {[]string{"Wednesday, 15-May-24 12:00:00 GMT"}, nil, "2024-05-15T12:00:00Z"},
		"from a cache":            {[]string{noon}, []string{"61"}, "2024-05-15T12:01:01Z"},
		"fresh from a cache":      {[]string{noon}, []string{"0"}, "2024-05-15T12:00:00Z"},
		"none":                    {nil, nil, ""},
		"none, but an age":        {nil, []string{"5"}, ""},
		"empty":                   {[]string{""}, nil, ""},
		"not a date of HTTP":      {[]string{"2024-05-15T12:00:00Z"}, nil, ""},
		"a day that is none":      {[]string{"Wed, 32 May 2024 12:00:00 GMT"}, nil, ""},
		"an age that is prose":    {[]string{noon}, []string{"old"}, ""},
		"an age that is negative": {[]string{noon}, []string{"-5"}, ""},
		"an age beyond reason":    {[]string{noon}, []string{"99999999999999999999"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			answered := func(status int, body string) *cdn.Client {
				// A header without a value keeps the server from writing its own Date.
				return fixed(t, cdnsim.Fault{Status: status, Body: body, Header: http.Header{"Date": c.date, "Age": c.age}})
			}
			assertDate := func(date time.Time) {
				t.Helper()
				if c.want == "" {
					assert.Zero(t, date)
					return
				}
				assert.Equal(t, c.want, date.Format(time.RFC3339Nano))
				assert.Equal(t, time.UTC, date.Location())
			}
			flow, err := answered(200, `{"RequestId":"1"}`).Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
			require.NoError(t, err)
			assertDate(flow.Date)
			page, err := answered(200, `{"TotalCount":0}`).UserDomains(t.Context(), 1, 1)
			require.NoError(t, err)
			assertDate(page.Date)
			for _, status := range []int{200, 400, 503} {
				_, err = answered(status, `{"Code":"ServiceBusy"}`).Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
				assertDate(failure(t, err).Date)
			}
		})
	}
}

// A proxy's or a captive portal's clock must not be taken for the API's.
func TestOnlyTheAPIsOwnErrorsHaveATime(t *testing.T) {
	for name, fault := range map[string]cdnsim.Fault{
		"HTML, 502":        {Status: 502, Body: "<html>Bad Gateway</html>"},
		"HTML, 200":        {Status: 200, Body: "<html>Sign in</html>"},
		"no Code":          {Status: 400, Body: `{"RequestId":"R-1","Message":"m"}`},
		"Code is prose":    {Status: 400, Body: `{"Code":"slow down, please"}`},
		"too many calls":   {Status: 429},
		"answer cut short": {Break: true, Body: `{"Code":"Throttling"`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Header = http.Header{"Date": {"Wed, 15 May 2024 12:00:00 GMT"}}
			flow, err := fixed(t, fault).Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
			assert.Zero(t, failure(t, err).Date)
			assert.Zero(t, flow.Date)
			page, err := fixed(t, fault).UserDomains(t.Context(), 1, 1)
			assert.Zero(t, failure(t, err).Date)
			assert.Zero(t, page.Date)
		})
	}
}
