package cdn_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// awkward has what the encodings of queries, of forms and of the signature treat differently.
const awkward = "a b+c*d~e/f?g=h&i%20j,k;l'(m)!:@$#\"<>[]{}|\\^`é中文"

func TestASignedCallIsAcceptedWhateverItHolds(t *testing.T) {
	const id, secret, token = "id" + awkward, "secret" + awkward, "token" + awkward
	for name, c := range map[string]struct {
		key         cdnsim.Key
		credentials rpc.Credentials
	}{
		"AccessKey": {cdnsim.Key{Secret: secret}, rpc.Key{ID: id, Secret: secret}},
		"STS token": {cdnsim.Key{Secret: secret, SecurityToken: token}, rpc.Key{ID: id, Secret: secret, Token: token}},
	} {
		t.Run(name, func(t *testing.T) {
			sim := cdnsim.New(cdnsim.Options{
				Keys:  map[string]cdnsim.Key{id: c.key},
				Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Body: `{"RequestId":"1"}`} },
			})
			client, _ := connect(t, sim, c.credentials)
			_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{DomainName: awkward, Interval: 300e9})
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"DomainName": awkward, "Interval": "300"}, sim.Calls()[0].Params)
		})
	}
}

func TestTheSimulatedAPIRefusesWhatIsSignedWrongly(t *testing.T) {
	for name, c := range map[string]struct {
		credentials rpc.Credentials
		want        cdn.Kind
	}{
		"another secret": {rpc.Key{ID: "key", Secret: "other"}, cdn.WrongSecret},
		"another key":    {rpc.Key{ID: "other", Secret: "secret"}, cdn.UnknownKey},
		"no token":       {rpc.Key{ID: "temporary", Secret: "secret"}, cdn.BadToken},
		"another token":  {rpc.Key{ID: "temporary", Secret: "secret", Token: "other"}, cdn.BadToken},
		"needless token": {rpc.Key{ID: "key", Secret: "secret", Token: "token"}, cdn.BadToken},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := connect(t, cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{
				"key": {Secret: "secret"}, "temporary": {Secret: "secret", SecurityToken: "token"},
			}}), c.credentials)
			_, err := client.UserDomains(t.Context(), 1, 1)
			assert.Equal(t, c.want, failure(t, err).Kind())
		})
	}
}

// rotating are credentials that change with each call, as those of a role do now and then.
type rotating struct{ left []string }

func (r *rotating) Key(context.Context, rpc.Key) (rpc.Key, error) {
	id := r.left[0]
	r.left = r.left[1:]
	return rpc.Key{ID: id, Secret: "secret of " + id}, nil
}

// role has one session after the other; a new one when the present one is refused.
type role struct {
	sessions []rpc.Key
	failure  error // of the next renewal
	renewed  int
}

func (r *role) Key(_ context.Context, refused rpc.Key) (rpc.Key, error) {
	if refused == r.sessions[0] {
		r.renewed++
		if r.failure != nil {
			return rpc.Key{}, r.failure
		}
		if len(r.sessions) > 1 {
			r.sessions = r.sessions[1:]
		}
	}
	return r.sessions[0], nil
}

func TestARefusedSessionIsRenewedAndTheCallRepeatedOnce(t *testing.T) {
	held := rpc.Key{ID: "a", Secret: "s", Token: "t"}
	for name, c := range map[string]struct {
		role  role
		kind  cdn.Kind // none: it works
		calls int
	}{
		"a new session works":        {role{sessions: []rpc.Key{held, {ID: "b", Secret: "s", Token: "t"}}}, "", 2},
		"a new session is refused":   {role{sessions: []rpc.Key{held, {ID: "b", Secret: "s", Token: "old"}, held}}, cdn.BadSession, 2},
		"there is no new session":    {role{sessions: []rpc.Key{held}}, cdn.BadToken, 1},
		"there are no credentials":   {role{sessions: []rpc.Key{held}, failure: errors.New("gone")}, cdn.NoCredentials, 1},
		"another thing is refused":   {role{sessions: []rpc.Key{{ID: "b", Secret: "wrong", Token: "t"}, held}}, cdn.WrongSecret, 1},
		"the caller does not wait":   {role{sessions: []rpc.Key{held}, failure: context.Canceled}, cdn.NoCredentials, 1},
		"who renews does not answer": {role{sessions: []rpc.Key{held}, failure: context.DeadlineExceeded}, cdn.Unreachable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			sim := cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{
				"a": {Secret: "s", SecurityToken: "another"}, "b": {Secret: "s", SecurityToken: "t"},
			}})
			client, _ := connect(t, sim, &c.role)
			_, err := client.UserDomains(t.Context(), 1, 1)
			assert.Len(t, sim.Calls(), c.calls)
			if c.kind == "" {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, c.kind, failure(t, err).Kind())
			if c.role.failure != nil {
				assert.ErrorIs(t, err, c.role.failure)
			}
		})
	}
}

func TestEachCallIsSignedAfresh(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{"a": {Secret: "secret of a"}, "b": {Secret: "secret of b"}}})
	client, _ := connect(t, sim, &rotating{left: []string{"a", "a", "b"}})
	for range 3 { // a nonce used twice would be refused
		_, err := client.UserDomains(t.Context(), 1, 1)
		require.NoError(t, err)
	}
}

func TestTheCallIsAPlainGETOfTheEndpointAlone(t *testing.T) {
	var got *http.Request
	var body []byte
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"RequestId":"1"}`)
	})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	withExtras := strings.Replace(server.URL, "://", "://user:password@", 1) + "/path?Action=Other#fragment"
	client, _ := dial(t, withExtras, demoKey)
	_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
	require.NoError(t, err)

	assert.Equal(t, http.MethodGet, got.Method)
	assert.Equal(t, "/", got.URL.Path)
	assert.Empty(t, body)
	assert.Empty(t, got.Header.Get("Authorization"))
	query := got.URL.Query()
	for name, want := range map[string]string{
		"Action": "DescribeDomainSrcFlowData", "Version": "2014-11-11", "Format": "JSON", "AccessKeyId": cdnsim.DemoKeyID,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
	} {
		assert.Equal(t, []string{want}, query[name], name)
	}
	assert.NotContains(t, query, "SecurityToken")
}
