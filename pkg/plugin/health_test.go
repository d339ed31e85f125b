package plugin

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// health runs a health check and returns its status, its message and its details.
func (l *lab) health() (backend.HealthStatus, string, string) {
	l.Helper()
	result, err := l.source.CheckHealth(l.Context(), &backend.CheckHealthRequest{})
	require.NoError(l, err)
	var details struct{ VerboseMessage string }
	require.NoError(l, json.Unmarshal(result.JSONDetails, &details))
	return result.Status, result.Message, details.VerboseMessage
}

func TestTheHealthCheckDiagnoses(t *testing.T) {
	ok, wrong := backend.HealthStatusOk, backend.HealthStatusError
	for name, c := range map[string]struct {
		setup
		status  backend.HealthStatus
		message string
		details []string
	}{
		"everything works": {
			setup{},
			ok, "Signed in. 12 domains, origin flow final up to 2024-05-15 11:50 UTC.",
			[]string{
				"Origin flow: DescribeDomainSrcFlowData (2014-11-11) answers", "Domains: DescribeUserDomains lists 12.",
				"Clock: the Grafana server's agrees with the API's.",
			},
		},
		"a clock that is 10 minutes ahead": {
			setup{ahead: -10 * time.Minute},
			ok, "Signed in. 12 domains, origin flow final up to 2024-05-15 11:40 UTC.",
			[]string{"Clock: the Grafana server's is 10m0s ahead of the API's, which is reckoned with up to 15 minutes. Set it, best by NTP."},
		},
		"a clock that is 14 minutes behind": {
			setup{ahead: 14 * time.Minute},
			ok, "Signed in. 12 domains, origin flow final up to 2024-05-15 12:05 UTC.",
			[]string{"Clock: the Grafana server's is 14m0s behind the API's"},
		},
		"demo data": {
			setup{json: map[string]any{"authType": "demo"}, secrets: map[string]string{}},
			ok, "Signed in. 12 domains",
			[]string{"DescribeDomainSrcFlowData (2014-11-11) answers"},
		},
		"an account without domains": {
			setup{api: cdnsim.Options{Domains: []cdnsim.Domain{}}},
			ok, "Signed in, but the account has no domain",
			[]string{"Domains: DescribeUserDomains lists 0."},
		},
		"some metrics that may not be read": {
			setup{api: cdnsim.Options{Denied: []string{"DescribeDomainTrafficData", "DescribeDomainQpsData"}}},
			ok, "Not to be read: edge flow, edge requests",
			[]string{`Statement that the RAM policy lacks: {"Effect":"Allow","Action":["cdn:DescribeDomainQpsData","cdn:DescribeDomainTrafficData"],"Resource":"acs:cdn:*:*:*"}`},
		},
		"a wrong key": {
			setup{secrets: map[string]string{"accessKeyId": "LTAI-unknown", "accessKeySecret": "x"}},
			wrong,
			"does not know this AccessKey ID. Check it in the data source settings",
			[]string{"Origin flow: Alibaba Cloud does not know", "Domains: Alibaba Cloud does not know", "InvalidAccessKeyId.NotFound, RequestId"},
		},
		"a wrong secret": {
			setup{secrets: map[string]string{"accessKeyId": cdnsim.DemoKeyID, "accessKeySecret": "x"}},
			wrong,
			"The AccessKey secret does not belong to the AccessKey ID. Enter the secret again",
			[]string{"Origin flow: The AccessKey secret", "Domains: The AccessKey secret", "SignatureDoesNotMatch, RequestId"},
		},
		"a skewed clock": {
			setup{api: cdnsim.Options{SigningClock: func() time.Time { return time.Now().Add(20 * time.Minute) }}},
			wrong,
			"The clock of the Grafana server is off",
			[]string{"Set the clock", "InvalidTimeStamp.Expired"},
		},
		"no permission for origin flow": {
			setup{api: cdnsim.Options{Denied: []string{flow}}},
			wrong,
			"may not call DescribeDomainSrcFlowData. Grant it the policy AliyunCDNReadOnlyAccess, or at least the action cdn:DescribeDomainSrcFlowData",
			[]string{"Origin flow: The RAM user may not", "Domains: DescribeUserDomains lists 12."},
		},
		"no permission for the domains": {
			setup{api: cdnsim.Options{Denied: []string{listing}}},
			ok,
			"Origin flow can be read, but the domains cannot be listed: type their names",
			[]string{"Origin flow: DescribeDomainSrcFlowData (2014-11-11) answers", "the action cdn:DescribeUserDomains"},
		},
		"no permission at all": {
			setup{api: cdnsim.Options{Denied: []string{flow, listing}}},
			wrong, "may not call DescribeDomainSrcFlowData",
			[]string{"cdn:DescribeDomainSrcFlowData", "cdn:DescribeUserDomains"},
		},
		"an expired token": {
			setup{
				api:  cdnsim.Options{Keys: map[string]cdnsim.Key{"STS.id": {Secret: "s", SecurityToken: "t", Expires: time.Now().Add(-time.Hour)}}},
				json: map[string]any{"authType": "stsToken"}, secrets: map[string]string{"accessKeyId": "STS.id", "accessKeySecret": "s", "securityToken": "t"},
			}, wrong, "The security token is missing, wrong or expired. Get new STS credentials", []string{"InvalidSecurityToken.Expired"},
		},
		"a retired operation with the version left open": {
			setup{api: cdnsim.Options{Retired: true}},
			ok, "Signed in. 12 domains",
			[]string{
				"DescribeDomainSrcTrafficData (2018-05-10) answers",
				"API version: DescribeDomainSrcFlowData is retired, DescribeDomainSrcTrafficData is used in its place.",
			},
		},
		"a retired operation with its version pinned": {
			setup{api: cdnsim.Options{Retired: true}, json: map[string]any{"apiVersion": "2014-11-11"}},
			wrong,
			"Alibaba Cloud has retired DescribeDomainSrcFlowData. Set API version to auto or 2018-05-10",
			[]string{"InvalidAction.NotFound", "Domains: DescribeUserDomains lists 12."},
		},
		"no permission for the successor": {
			setup{api: cdnsim.Options{Retired: true, Denied: []string{traffic}}},
			wrong,
			"may not call DescribeDomainSrcTrafficData",
			[]string{"cdn:DescribeDomainSrcTrafficData"},
		},
		"the successor pinned": {
			setup{json: map[string]any{"apiVersion": "2018-05-10"}}, ok, "Signed in.", []string{"DescribeDomainSrcTrafficData (2018-05-10) answers"},
		},
		"an API out of reach": {
			setup{json: map[string]any{"endpoint": "http://127.0.0.1:1"}},
			wrong,
			"The CDN API did not answer. Check the endpoint, and that the Grafana server may reach it",
			[]string{"Origin flow: ", "Domains: "},
		},
		"something else at the endpoint": {
			setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return page(200, "<html>") }}},
			wrong,
			"The answer is not one of the CDN API. Check the endpoint",
			[]string{"Origin flow: ", "Domains: "},
		},
		"incomplete settings": {
			setup{secrets: map[string]string{"accessKeyId": "id"}},
			wrong,
			"The settings are not complete.",
			[]string{"accessKeySecret: is missing; authType accessKey needs it"},
		},
		"several wrong settings": {
			setup{json: map[string]any{"apiVersion": "x", "dataDelay": "y"}},
			wrong,
			"The settings are not complete.",
			[]string{"apiVersion: \"x\" is not one of", "dataDelay: \"y\" is not a duration"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, c.setup)
			status, message, details := l.health()
			assert.Equal(t, c.status, status)
			assert.Contains(t, message, c.message)
			for _, part := range c.details {
				assert.Contains(t, details, part)
			}
			for _, secret := range c.secrets {
				if len(secret) > 4 {
					assert.NotContains(t, message+details, secret)
				}
			}
		})
	}
}

func TestTheHealthCheckMakesRealCallsAlthoughEverythingIsCached(t *testing.T) {
	l := newLab(t, setup{})
	l.frames(question{query: `{"domainMode":"all","mergeDomains":true}`, from: 2 * time.Hour})
	l.frames(hour(`{"domainMode":"regex","domainPattern":"^www"}`))
	for range 2 {
		l.sim.Reset()
		status, _, _ := l.health()
		assert.Equal(t, backend.HealthStatusOk, status)
		require.Len(t, l.sim.Calls(), 9, "each operation of the catalogue once, and the list of domains")
		assert.Len(t, l.calls(flow), 1)
		assert.Len(t, l.calls(listing), 1)
		assert.Empty(t, l.calls(flow)[0].Params["DomainName"], "the permission for any domain will not do")
	}
}

func TestQueriesKnowWhatTheHealthCheckLearned(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Retired: true}})
	l.health()
	l.sim.Reset()
	l.frames(hour(`{"domains":["www.example.com"]}`))
	assert.Empty(t, l.calls(flow), "the retired operation is not tried again")
	assert.Len(t, l.calls(traffic), 1)
}

func TestAHealthCheckThatTheBudgetHasNoRoomForSaysSo(t *testing.T) {
	inBubble(t, setup{json: map[string]any{"callsPerSecond": 1}}, func(l *lab) {
		l.frames(hour(`{"domains":["www.example.com"]}`)) // takes the second's only call
		ctx, cancel := context.WithTimeout(l.Context(), 300*time.Millisecond)
		defer cancel()
		result, err := l.source.CheckHealth(ctx, &backend.CheckHealthRequest{})
		require.NoError(l, err)
		assert.Equal(l, backend.HealthStatusError, result.Status)
		assert.Equal(l, lateForBudget, result.Message)
	})
}

func TestTheHealthCheckTellsHowLateTheDataIs(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Held: func(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
		return final, age >= 22*time.Minute
	}}})
	for range 12 {
		l.frames(hour(`{"domains":["www.example.com"]}`))
		l.later(5 * time.Minute)
	}
	const late = "Data settles up to 22 minutes after the end of its slice; your data delay is 15 minutes: set 25m."
	status, message, details := l.health()
	assert.Equal(t, backend.HealthStatusOk, status)
	assert.Contains(t, message, late)
	assert.Contains(t, details, "Data delay: "+late)
}
