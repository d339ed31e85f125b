package cdnsim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// dates are the Date headers of the answer to a query, over a socket and in process.
func dates(t *testing.T, opts cdnsim.Options, own params) [2][]string {
	t.Helper()
	var got [2][]string
	socket := start(t, opts)
	resp, err := http.Get(socket.url + "/?" + socket.query(domains18, own))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	got[0] = resp.Header["Date"]

	a, client := inProcess(t, opts)
	resp, err = client.Get(endpoint + a.query(domains18, own))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	got[1] = resp.Header["Date"]
	if opts.NoDate {
		assert.NotContains(t, resp.Header, "Date", "not even without a value")
	}
	return got
}

func TestEveryAnswerHasTheServersDateUnlessTold(t *testing.T) {
	fault := func(f cdnsim.Fault) cdnsim.Options {
		return cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &f }}
	}
	for name, tc := range map[string]struct {
		opts cdnsim.Options
		own  params
	}{
		"a good answer":                 {},
		"an error":                      {own: params{"PageSize": "0"}},
		"an error in XML":               {own: params{"Format": "-"}},
		"an unknown key":                {own: params{"AccessKeyId": "nobody"}},
		"a fault":                       {opts: fault(cdnsim.Fault{Status: 502})},
		"a fault that is an API error":  {opts: fault(cdnsim.Fault{Error: &cdnsim.Error{Code: "Throttling"}})},
		"a fault that edits the answer": {opts: fault(cdnsim.Fault{Edit: func(b []byte) []byte { return b }})},
		"a URL that is too long":        {opts: cdnsim.Options{MaxURL: 10}},
	} {
		t.Run(name, func(t *testing.T) {
			const date = "Wed, 15 May 2024 12:02:30 GMT"
			assert.Equal(t, [2][]string{{date}, {date}}, dates(t, tc.opts, tc.own))
			tc.opts.NoDate = true
			assert.Equal(t, [2][]string{}, dates(t, tc.opts, tc.own))
		})
	}
}

func TestTheDateIsInGMTWhateverTheClocksZone(t *testing.T) {
	a, client := inProcess(t, cdnsim.Options{})
	a.clock.Set(noon.In(time.FixedZone("UTC+8", 8*3600)))
	resp, err := client.Get(endpoint + a.query(domains18, nil))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "Wed, 15 May 2024 12:02:30 GMT", resp.Header.Get("Date"))
}

func TestAFaultMayTellAnotherDate(t *testing.T) {
	f := cdnsim.Fault{Header: http.Header{"date": {"yesterday"}}}
	opts := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &f }}
	assert.Equal(t, [2][]string{{"yesterday"}, {"yesterday"}}, dates(t, opts, nil))
}
