package cdn_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// awkward has what the encodings of queries, of forms and of the signature treat differently.
const awkward = "a b+c*d~e/f?g=h&i%20j,k;l'(m)!:@$#\"<>[]{}|\\^`é中文"

func TestASignedCallIsAcceptedWhateverItHolds(t *testing.T) {
	const id, secret, token = "id" + awkward, "secret" + awkward, "token" + awkward
	for name, c := range map[string]struct {
		key      cdnsim.Key
		provider credentials.CredentialsProvider
	}{
		"AccessKey": {cdnsim.Key{Secret: secret}, credentials.NewStaticAKCredentialsProvider(id, secret)},
		"STS token": {cdnsim.Key{Secret: secret, SecurityToken: token}, credentials.NewStaticSTSCredentialsProvider(id, secret, token)},
	} {
		t.Run(name, func(t *testing.T) {
			sim := cdnsim.New(cdnsim.Options{
				Keys:  map[string]cdnsim.Key{id: c.key},
				Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Body: `{"RequestId":"1"}`} },
			})
			client, _ := connect(t, sim, c.provider)
			_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{DomainName: awkward, Interval: 300e9})
			require.NoError(t, err)
			assert.Equal(t, map[string]string{"DomainName": awkward, "Interval": "300"}, sim.Calls()[0].Params)
		})
	}
}

func TestTheSignerTakesAnyNameOfAParameter(t *testing.T) {
	sim := cdnsim.New(cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{} }})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	query := url.Values{"Action": {cdn.UserDomains}, "Version": {"2018-05-10"}, "Tag.1." + awkward: {awkward}}
	client := &http.Client{Transport: &cdn.Signer{Credentials: demoKey, Next: server.Client().Transport}}
	response, err := client.Get(server.URL + "/?" + query.Encode())
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, map[string]string{"Tag.1." + awkward: awkward}, sim.Calls()[0].Params)
}

func TestTheSimulatedAPIRefusesWhatIsSignedWrongly(t *testing.T) {
	for name, c := range map[string]struct {
		provider credentials.CredentialsProvider
		want     cdn.Kind
	}{
		"another secret": {credentials.NewStaticAKCredentialsProvider("key", "other"), cdn.WrongSecret},
		"another key":    {credentials.NewStaticAKCredentialsProvider("other", "secret"), cdn.UnknownKey},
		"no token":       {credentials.NewStaticAKCredentialsProvider("temporary", "secret"), cdn.BadToken},
		"another token":  {credentials.NewStaticSTSCredentialsProvider("temporary", "secret", "other"), cdn.BadToken},
		"needless token": {credentials.NewStaticSTSCredentialsProvider("key", "secret", "token"), cdn.BadToken},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := connect(t, cdnsim.New(cdnsim.Options{Keys: map[string]cdnsim.Key{
				"key": {Secret: "secret"}, "temporary": {Secret: "secret", SecurityToken: "token"},
			}}), c.provider)
			_, err := client.UserDomains(t.Context(), 1, 1)
			assert.Equal(t, c.want, failure(t, err).Kind())
		})
	}
}

// rotating is a provider whose credentials change with each call, as those of a role do now and then.
type rotating struct{ left []string }

func (r *rotating) GetCredentials() (*credentials.Credentials, error) {
	id := r.left[0]
	r.left = r.left[1:]
	return &credentials.Credentials{AccessKeyId: id, AccessKeySecret: "secret of " + id}, nil
}

func (*rotating) GetProviderName() string { return "rotating" }

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
