package cdnsim_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestMisbehavingClientsGetTheDocumentedError(t *testing.T) {
	for name, tc := range map[string]struct {
		operation string
		own       params
		want      string
	}{
		"unknown version":               {domains18, params{"Version": "2017-01-01"}, "400 InvalidVersion"},
		"unknown operation":             {"DescribeNothing", nil, "404 InvalidAction.NotFound"},
		"operation of another version":  {flow2018, params{"Version": "2014-11-11"}, "404 InvalidAction.NotFound"},
		"no operation":                  {domains18, params{"Action": "-"}, "400 MissingAction"},
		"no signature":                  {domains18, params{"Signature": ""}, "400 MissingSignature"},
		"no nonce":                      {domains18, params{"SignatureNonce": "-"}, "400 MissingSignatureNonce"},
		"wrong signature":               {domains18, params{"Signature": "AAAA"}, "400 SignatureDoesNotMatch"},
		"another signature method":      {domains18, params{"SignatureMethod": "HMAC-SHA256"}, "400 IncompleteSignature"},
		"another signature version":     {domains18, params{"SignatureVersion": "2.0"}, "400 IncompleteSignature"},
		"unknown key":                   {domains18, params{"AccessKeyId": "nobody"}, "404 InvalidAccessKeyId.NotFound"},
		"a token with a permanent key":  {domains18, params{"SecurityToken": "t"}, "400 InvalidSecurityToken.MismatchWithAccessKey"},
		"a clock 15 minutes 1 s ahead":  {domains18, params{"Timestamp": "2024-05-15T12:17:31Z"}, "400 InvalidTimeStamp.Expired"},
		"a clock 15 minutes 1 s behind": {domains18, params{"Timestamp": "2024-05-15T11:47:29Z"}, "400 InvalidTimeStamp.Expired"},
		"a local timestamp":             {domains18, params{"Timestamp": "2024-05-15T12:02:30+00:00"}, "400 InvalidTimeStamp.Format"},
		"a timestamp with fractions":    {domains18, params{"Timestamp": "2024-05-15T12:02:30.5Z"}, "400 InvalidTimeStamp.Format"},
		"a parameter that is not there": {domains18, params{"DomainNames": "a"}, "400 InvalidParameter"},
		"TimeMerge on 2018-05-10":       {flow2018, params{"TimeMerge": "true"}, "400 InvalidParameter"},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, cdnsim.Options{})
			assert.Equal(t, tc.want, a.refused(tc.operation, tc.own))
			require.Len(t, a.sim.Calls(), 1)
			assert.Equal(t, strings.Fields(tc.want)[1], a.sim.Calls()[0].Code)
		})
	}
}

func TestAClockUpTo15MinutesOffIsAccepted(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for _, stamp := range []string{"2024-05-15T12:17:30Z", "2024-05-15T11:47:30Z"} {
		status, body := a.ask(domains18, params{"Timestamp": stamp})
		assert.Equal(t, 200, status, body)
	}
}

func TestSignaturesWithReservedCharactersAreVerified(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for _, name := range []string{"a b", "a+b", "a*b", "a~b", "a/b", "ä", "a%20b", "a&b=c"} {
		status, body := a.ask(domains18, params{"DomainName": name, "DomainSearchType": "fuzzy_match"})
		assert.Equal(t, 200, status, "%q: %v", name, body)
	}
	status, _ := a.ask(domains18, params{"SignatureType": "", "RegionId": "cn-hangzhou"})
	assert.Equal(t, 200, status, "empty parameters are signed too")
}

func TestTheSignatureErrorShowsTheStringToSignWithTheKeyID(t *testing.T) {
	a := start(t, cdnsim.Options{})
	_, body := a.ask(domains18, params{"Signature": "AAAA"})
	assert.Contains(t, body["Message"], "server string to sign is:GET&%2F&AccessKeyId%3D"+cdnsim.DemoKeyID+"%26Action%3D")
	assert.NotContains(t, body["Message"], "AAAA")
	assert.NotContains(t, body["Message"], cdnsim.DemoKeySecret)
}

func TestErrorsHaveTheDocumentedBody(t *testing.T) {
	a := start(t, cdnsim.Options{RequestID: func() string { return "R-1" }, Denied: []string{domains18}})
	status, body := a.ask(domains18, nil)
	assert.Equal(t, 403, status)
	assert.Equal(t, "R-1", body["RequestId"])
	for _, field := range []string{"HostId", "Message", "Recommend"} {
		assert.NotEmpty(t, body[field], field)
	}
	assert.Equal(t, "Forbidden.RAM", body["Code"])
	assert.Equal(t, "cdn:DescribeUserDomains", body["AccessDeniedDetail"].(map[string]any)["AuthAction"])

	status, _ = a.ask(flow2018, nil)
	assert.Equal(t, 200, status, "other operations stay permitted")
}

func TestACallThatDoesNotAskForJSONIsRefusedInXML(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for _, format := range []string{"-", "XML", "json"} {
		status, text := a.get(a.query(domains18, params{"Format": format}))
		var body struct {
			XMLName         xml.Name `xml:"Error"`
			Code, RequestId string
		}
		require.NoError(t, xml.Unmarshal([]byte(text), &body), text)
		assert.Equal(t, 400, status)
		assert.Equal(t, "InvalidParameter", body.Code)
		assert.NotEmpty(t, body.RequestId)
	}
}

func TestOnlyGetOnTheRootPathIsServed(t *testing.T) {
	a := start(t, cdnsim.Options{})
	resp, err := http.Post(a.url+"/?"+a.query(domains18, nil), "", nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 400, resp.StatusCode)
	resp, err = http.Get(a.url + "/api?" + a.query(domains18, nil))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 404, resp.StatusCode)
}

func TestAParameterGivenTwiceIsRefused(t *testing.T) {
	a := start(t, cdnsim.Options{})
	status, body := a.get(a.query(domains18, params{"PageSize": "5"}) + "&PageSize=5")
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "InvalidParameter")
}

func TestAQueryThatIsNotWellFormedIsRefused(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for _, more := range []string{"&PageSize=%zz", "&%zz=5", "&PageSize=5;PageNumber=1"} {
		status, body := a.get(a.query(domains18, nil) + more)
		assert.Equal(t, 400, status, more)
		assert.Contains(t, body, "InvalidParameter", more)
	}
	status, _ := a.get("&&" + a.query(domains18, nil) + "&")
	assert.Equal(t, 200, status, "empty pairs mean nothing")
}

func TestANonceIsGoodOnce(t *testing.T) {
	a := start(t, cdnsim.Options{})
	query := a.query(domains18, nil)
	status, _ := a.get(query)
	assert.Equal(t, 200, status)
	status, body := a.get(query)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "SignatureNonceUsed")

	a.clock.Set(noon.Add(29 * time.Minute))
	assert.Equal(t, "400 SignatureNonceUsed", a.refused(domains18, params{"SignatureNonce": nonceOf(query)}))
}

func TestARefusedSignatureDoesNotUseUpItsNonce(t *testing.T) {
	a := start(t, cdnsim.Options{})
	own := params{"SignatureNonce": "mine", "Signature": "AAAA"}
	assert.Equal(t, "400 SignatureDoesNotMatch", a.refused(domains18, own))
	delete(own, "Signature")
	status, _ := a.ask(domains18, own)
	assert.Equal(t, 200, status)
}

func TestTemporaryKeysNeedTheirToken(t *testing.T) {
	key := cdnsim.Key{Secret: cdnsim.DemoKeySecret, SecurityToken: "right", Expires: noon.Add(time.Hour)}
	a := start(t, cdnsim.Options{Keys: map[string]cdnsim.Key{cdnsim.DemoKeyID: key}})
	status, _ := a.ask(domains18, params{"SecurityToken": "right"})
	assert.Equal(t, 200, status)
	assert.Equal(t, "400 MissingSecurityToken", a.refused(domains18, nil))
	assert.Equal(t, "400 InvalidSecurityToken.MismatchWithAccessKey", a.refused(domains18, params{"SecurityToken": "wrong"}))
	a.clock.Set(noon.Add(time.Hour))
	assert.Equal(t, "400 InvalidSecurityToken.Expired", a.refused(domains18, params{"SecurityToken": "right"}))
}

func TestThrottlingCountsTheCallsOfASecond(t *testing.T) {
	a := start(t, cdnsim.Options{CallsPerSecond: 2})
	for range 2 {
		status, _ := a.ask(domains18, nil)
		require.Equal(t, 200, status)
	}
	assert.Equal(t, "503 Throttling", a.refused(domains18, nil))
	assert.Equal(t, "400 Throttling.User", a.refused(flow2014, nil))
	a.clock.Set(noon.Add(time.Second))
	status, _ := a.ask(flow2014, nil)
	assert.Equal(t, 200, status)
}

func TestARetiredOperationIsNotFoundWhateverTheKey(t *testing.T) {
	a := start(t, cdnsim.Options{Retired: true})
	assert.Equal(t, "404 InvalidAction.NotFound", a.refused(flow2014, params{"AccessKeyId": "nobody"}))
	status, _ := a.ask(flow2018, nil)
	assert.Equal(t, 200, status)
}

func nonceOf(query string) string {
	_, rest, _ := strings.Cut(query, "SignatureNonce=")
	nonce, _, _ := strings.Cut(rest, "&")
	return nonce
}
