package rpc_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// awkward has what the encodings of queries, of forms and of the signature treat differently.
const awkward = "a b+c*d~e/f?g=h&i%20j,k;l'(m)!:@$#\"<>[]{}|\\^`é中文"

var demoKey = rpc.Key{ID: cdnsim.DemoKeyID, Secret: cdnsim.DemoKeySecret}

func TestTheSignerTakesAnyNameOfAParameter(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{} }})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	query := url.Values{"Action": {"DescribeUserDomains"}, "Version": {"2018-05-10"}, "Tag.1." + awkward: {awkward}}
	request, err := http.NewRequestWithContext(rpc.Sign(t.Context(), demoKey), http.MethodGet, server.URL+"/?"+query.Encode(), nil)
	require.NoError(t, err)
	response, err := (&http.Client{Transport: &rpc.Signer{Next: server.Client().Transport}}).Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, map[string]string{"Tag.1." + awkward: awkward}, sim.Calls()[0].Params)
	assert.NotContains(t, response.Request.URL.String(), "Signature")
}

func TestACallWithoutAKeyLeavesAsItIs(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.RawQuery }))
	t.Cleanup(server.Close)
	response, err := (&http.Client{Transport: &rpc.Signer{Next: server.Client().Transport}}).Get(server.URL + "/?Action=AssumeRoleWithOIDC")
	require.NoError(t, err)
	_ = response.Body.Close()
	assert.Equal(t, "Action=AssumeRoleWithOIDC", got)
}

func TestAKeyPrintsAsNothingThatOneCouldUse(t *testing.T) {
	key := rpc.Key{ID: "the id", Secret: "the secret", Token: "the token"}
	text, err := json.Marshal(map[string]any{"key": key})
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text = fmt.Appendf(text, format+" "+format+" "+format, key, &key, []any{key, struct{ Key rpc.Key }{key}})
	}
	text = fmt.Appendf(text, "%v", rpc.Sign(t.Context(), key))
	for _, part := range []string{"the id", "the secret", "the token"} {
		assert.NotContains(t, string(text), part)
	}
}

func TestARefusalIsReadWhateverElseTheBodyHolds(t *testing.T) {
	for body, want := range map[string]rpc.Refusal{
		`{"Code":"NoPermission","Message":"m","RequestId":"R-1","AccessDeniedDetail":{"PolicyType":"AssumeRolePolicy","AuthPrincipalOwnerId":"1"}}`: {
			Code: "NoPermission", Message: "m", RequestID: "R-1", PolicyType: "AssumeRolePolicy",
		},
		`{"Code":"a code","RequestId":["R"],"Message":7}`: {},
		`{"Code":"Busy","AccessDeniedDetail":"none"}`:     {Code: "Busy"},
		`<html>`: {},
		`null`:   {},
	} {
		assert.Equal(t, want, rpc.ReadRefusal([]byte(body)), body)
	}
}
