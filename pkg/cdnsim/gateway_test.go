package cdnsim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// withLength is a signed query that makes a URI "/?…" of so many bytes.
func (a *api) withLength(length int) string {
	query := a.query(domains18, params{"DomainName": "x", "Signature": "AAAA"})
	return query + "&Pad=" + strings.Repeat("y", length-len("/?")-len(query)-len("&Pad="))
}

func TestAURLLongerThan8KiBIsRefusedInFrontOfTheAPI(t *testing.T) {
	a := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { panic("not asked") }})
	status, body := a.get(a.withLength(8192))
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "SignatureDoesNotMatch", "8 KiB get through to the API")

	resp, err := http.Get(a.url + "/?" + a.withLength(8193))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, 414, resp.StatusCode)
	assert.Equal(t, "text/html", resp.Header.Get("Content-Type"))
	assert.Contains(t, string(text), "<h1>414 Request-URI Too Large</h1>")
	assert.NotContains(t, string(text), "RequestId")

	calls := a.sim.Calls()
	require.Len(t, calls, 2)
	assert.Equal(t, cdnsim.CodeGateway, calls[1].Code)
	assert.Equal(t, 414, calls[1].Status)
	assert.Equal(t, domains18, calls[1].Operation)
	assert.Empty(t, calls[1].RequestID)
}

func TestTheGatewayRefusesBeforeMethodNonceAndRateAreLookedAt(t *testing.T) {
	a := start(t, cdnsim.Options{MaxURL: 600, CallsPerSecond: 1})
	own := params{"SignatureNonce": "mine", "DomainName": strings.Repeat("a", 600)}
	resp, err := http.Post(a.url+"/?"+a.query(domains18, own), "", nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 414, resp.StatusCode)
	status, _ := a.get(a.query(domains18, own))
	assert.Equal(t, 414, status)
	status, _ = a.ask(domains18, params{"SignatureNonce": "mine"})
	assert.Equal(t, 200, status)
}

func TestTheBoundOfURLsIsAnOption(t *testing.T) {
	for _, bound := range []int{1000, 20_000} {
		a, client := inProcess(t, cdnsim.Options{MaxURL: bound})
		for length, want := range map[int]int{bound: 400, bound + 1: 414} {
			resp, err := client.Get(endpoint + a.withLength(length))
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, want, resp.StatusCode, length)
		}
	}
	a := start(t, cdnsim.Options{MaxURL: -1})
	status, _ := a.get(a.withLength(100_000))
	assert.Equal(t, 400, status)
}
