package cdn_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestPagesHoldEveryDomainOnce(t *testing.T) {
	for name, loose := range map[string]bool{"as documented": false, "text in place of numbers": true} {
		t.Run(name, func(t *testing.T) {
			all := cdnsim.ManyDomains(1203)
			api := start(t, cdnsim.Options{Domains: all, LooseTypes: loose})
			var names []string
			for number, want := range []int{500, 500, 203, 0} {
				page, err := api.UserDomains(t.Context(), number+1, cdn.MaxDomainsPerPage)
				require.NoError(t, err)
				assert.Equal(t, 1203, page.Total)
				assert.Len(t, page.Domains, want)
				for _, domain := range page.Domains {
					names = append(names, domain.Name)
				}
			}
			require.Len(t, names, len(all))
			for i, domain := range all {
				assert.Equal(t, domain.Name, names[i])
			}
			for i, call := range api.sim.Calls() {
				assert.Equal(t, cdn.UserDomains, call.Operation)
				assert.Equal(t, "2018-05-10", call.Version)
				assert.Equal(t, map[string]string{"PageNumber": strconv.Itoa(i + 1), "PageSize": "500"}, call.Params)
			}
		})
	}
}

func TestTheLargestPageIsTheLargestTheAPIAllows(t *testing.T) {
	_, err := start(t, cdnsim.Options{}).UserDomains(t.Context(), 1, cdn.MaxDomainsPerPage+1)
	assert.Equal(t, "InvalidParameter", failure(t, err).Code)
}

func TestADomainHasTheListedProperties(t *testing.T) {
	api := start(t, cdnsim.Options{Domains: []cdnsim.Domain{
		{Name: "a.example.com", Status: "configuring", Type: "video", Coverage: "overseas", Cname: "a.example.net"},
	}})
	page, err := api.UserDomains(t.Context(), 1, 1)
	require.NoError(t, err)
	assert.Equal(t, 1, page.Total)
	assert.Equal(t, []cdn.Domain{
		{Name: "a.example.com", Status: "configuring", Type: "video", Coverage: "overseas", CNAME: "a.example.net"},
	}, page.Domains)
}

func TestWhatIsNoListOfDomainsIsAnErrorAndNotAnEmptyAccount(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want cdn.Kind
	}{
		"nothing":              {``, cdn.Malformed},
		"HTML":                 {`<html>busy</html>`, cdn.Malformed},
		"another answer":       {`{"status":"ok"}`, cdn.Malformed},
		"an error":             {`{"Code":"Throttling","Message":"slow down","RequestId":"1"}`, cdn.Throttled},
		"an error and a total": {`{"TotalCount":0,"Code":"ServiceBusy"}`, cdn.Busy},
		"an error and domains": {`{"Domains":{"PageData":[{"DomainName":"a.com"}]},"Code":"ServiceBusy"}`, cdn.Busy},
		"a Code that is none":  {`{"TotalCount":0,"Code":{"a":1}}`, cdn.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := fixed(t, cdnsim.Fault{Body: c.body}).UserDomains(t.Context(), 1, 500)
			assert.Equal(t, c.want, failure(t, err).Kind())
			assert.Zero(t, page)
		})
	}
}
