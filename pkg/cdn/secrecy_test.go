package cdn_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// The parts of a temporary key: whatever goes wrong, nobody may read them.
const (
	secretID    = "LTAIsecretKeyID/+="
	secretKey   = "secretKeySecret/+="
	secretToken = "secretSecurityToken/+="
)

// leaks are the texts that must not show: the secrets as they are and as queries, and what only a signed call has.
var leaks = []string{
	secretID, secretKey, secretToken,
	url.QueryEscape(secretID), url.QueryEscape(secretKey), url.QueryEscape(secretToken),
	"AccessKeyId=", "Signature=", "SecurityToken=", "SignatureNonce",
}

func assertNoLeak(t *testing.T, text string) {
	t.Helper()
	for _, leak := range leaks {
		assert.NotContains(t, text, leak)
	}
}

// failing are credentials that cannot be had, with an error that quotes all there is to know.
type failing struct{}

func (failing) Key(context.Context, rpc.Key) (rpc.Key, error) {
	return rpc.Key{}, fmt.Errorf("GET https://sts.example.com/?AccessKeyId=%s&Signature=x&SecurityToken=%s: %s", secretID, secretToken, secretKey)
}

// echo answers with status and a text that repeats the signed query in place of %s.
func echo(status int, header, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fill := func(text string) string { return strings.ReplaceAll(text, "%s", r.URL.RawQuery+secretKey) }
		if header != "" {
			w.Header().Set("Location", fill(header))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, fill(text))
	})
}

// babble answers with what is not HTTP.
func babble(w http.ResponseWriter, r *http.Request) {
	connection, stream, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = stream.WriteString("no HTTP but " + r.URL.RawQuery + "\r\n\r\n")
	_ = stream.Flush()
	_ = connection.Close()
}

func TestNoFailureShowsASecret(t *testing.T) {
	temporary := rpc.Key{ID: secretID, Secret: secretKey, Token: secretToken}
	key := cdnsim.Key{Secret: secretKey, SecurityToken: secretToken}
	sim := func(fault cdnsim.Fault) http.Handler {
		return cdnsim.New(cdnsim.Options{
			Keys: map[string]cdnsim.Key{secretID: key}, Fault: func(cdnsim.Call) *cdnsim.Fault { return &fault },
		})
	}
	keys := func(id string, key cdnsim.Key) http.Handler {
		return cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{id: key}})
	}
	ended, end := context.WithCancel(t.Context())
	end()
	meanwhile, arrived := context.WithCancel(t.Context())
	for name, c := range map[string]struct {
		handler     http.Handler // nil: nobody listens
		credentials rpc.Credentials
		ctx         context.Context // nil: the test's
		want        cdn.Kind
	}{
		"wrong secret":            {handler: keys(secretID, cdnsim.Key{Secret: "other", SecurityToken: secretToken}), want: cdn.WrongSecret},
		"unknown key":             {handler: keys("other", key), want: cdn.UnknownKey},
		"wrong token":             {handler: keys(secretID, cdnsim.Key{Secret: secretKey, SecurityToken: "other"}), want: cdn.BadToken},
		"expired token":           {handler: keys(secretID, cdnsim.Key{Secret: secretKey, SecurityToken: secretToken, Expires: time.Unix(1, 0)}), want: cdn.BadToken},
		"no permission":           {handler: cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{secretID: key}, Denied: []string{cdn.SrcFlowData.Name()}}), want: cdn.Forbidden},
		"no credentials":          {handler: sim(cdnsim.Fault{}), credentials: failing{}, want: cdn.NoCredentials},
		"connection refused":      {want: cdn.Unreachable},
		"connection broken":       {handler: sim(cdnsim.Fault{Break: true}), want: cdn.Unreachable},
		"answer broken off":       {handler: sim(cdnsim.Fault{Break: true, Body: `{"RequestId":`}), want: cdn.Unreachable},
		"context ended before":    {handler: sim(cdnsim.Fault{Hang: true}), ctx: ended, want: cdn.Unreachable},
		"context ended meanwhile": {handler: before(arrived, sim(cdnsim.Fault{Hang: true})), ctx: meanwhile, want: cdn.Unreachable},
		"HTML with the query":     {handler: echo(502, "", "<html>%s</html>"), want: cdn.Busy},
		"200 HTML with the query": {handler: echo(200, "", "<html>%s</html>"), want: cdn.Malformed},
		"the query as Code":       {handler: echo(400, "", `{"Code":"%s","Message":"%s"}`), want: cdn.Malformed},
		"the query as Message":    {handler: echo(400, "", `{"Code":"InvalidParameter","Message":"%s"}`), want: cdn.Refused},
		"the query as RequestId":  {handler: echo(400, "", `{"Code":"InternalError","RequestId":"%s"}`), want: cdn.Busy},
		"the query as TimeStamp":  {handler: echo(200, "", `{"SrcFlowDataPerInterval":{"DataModule":[{"TimeStamp":"%s","Value":"1"}]}}`), want: cdn.Malformed},
		"the query as Value":      {handler: echo(200, "", `{"SrcFlowDataPerInterval":{"DataModule":[{"TimeStamp":"2024-05-15T00:00Z","Value":"%s"}]}}`), want: cdn.Malformed},
		"the query as interval":   {handler: echo(200, "", `{"DataInterval":"%s"}`), want: cdn.Malformed},
		"redirect with the query": {handler: echo(302, "http://127.0.0.1:1/?%s", ""), want: cdn.Malformed},
		"redirect that is no URL": {handler: echo(302, "http://[::1/?%s", ""), want: cdn.Unreachable},
		"no HTTP with the query":  {handler: http.HandlerFunc(babble), want: cdn.Unreachable},
		"error code unheard of":   {handler: sim(cdnsim.Fault{Error: &cdnsim.Error{Code: "New", Message: secretID + secretKey + secretToken}}), want: cdn.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			t.Cleanup(server.Close)
			if c.handler == nil {
				server.Close()
			}
			if c.credentials == nil {
				c.credentials = temporary
			}
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			client, tap := dial(t, server.URL, c.credentials)
			_, err := client.Describe(c.ctx, cdn.SrcFlowData, cdn.Request{DomainName: "www.example.com"})

			failed := failure(t, err)
			assert.Equal(t, c.want, failed.Kind())
			assert.Contains(t, err.Error(), "DescribeDomainSrcFlowData")
			for _, format := range []string{"%v", "%+v", "%q", "%s"} {
				assertNoLeak(t, fmt.Sprintf(format, fmt.Errorf("query A: %w", err)))
			}
			require.Equal(t, c.want == cdn.NoCredentials, len(tap.text()) == 0, "a call that cannot be signed is not sent")
			for _, text := range tap.text() {
				assertNoLeak(t, text)
			}
		})
	}
}

// before does something with each call before the handler has it.
func before(do func(), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do()
		next.ServeHTTP(w, r)
	})
}

// The refusal of a wrong secret quotes what was to be signed: this is what the tests above guard against.
func TestTheMessageOfAWrongSecretHoldsTheKeyButTheErrorTextDoesNot(t *testing.T) {
	client, _ := connect(t,
		cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{"visible": {Secret: "right"}}}),
		rpc.Key{ID: "visible", Secret: "wrong"})
	_, err := client.UserDomains(t.Context(), 1, 1)
	failed := failure(t, err)
	assert.Contains(t, failed.Message, "visible")
	assert.NotContains(t, err.Error(), "visible")
}

func TestAFailureOfTheCredentialsShowsNothingOfTheirError(t *testing.T) {
	client, tap := connect(t, cdnsim.New(cdnsim.Options{}), failing{})
	_, err := client.UserDomains(t.Context(), 1, 1)
	assertNoLeak(t, err.Error())
	assertNoLeak(t, failure(t, err).Err.Error())
	for _, text := range tap.text() {
		assertNoLeak(t, text)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("the call was sent on")
			}))
			t.Cleanup(elsewhere.Close)
			client, _ := connect(t, http.RedirectHandler(elsewhere.URL, status), demoKey)
			_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
			failed := failure(t, err)
			assert.Equal(t, status, failed.HTTPStatus)
			assert.Equal(t, cdn.Malformed, failed.Kind())
		})
	}
}
