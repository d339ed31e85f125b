package cdnsim_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// names asks for domains and returns the page's names and TotalCount.
func (a *api) names(own params) (names []string, total int) {
	a.t.Helper()
	status, body := a.ask(domains18, own)
	assert.Equal(a.t, 200, status, body)
	for _, d := range body["Domains"].(map[string]any)["PageData"].([]any) {
		names = append(names, d.(map[string]any)["DomainName"].(string))
	}
	return names, int(body["TotalCount"].(float64))
}

func TestEveryDomainIsOnExactlyOnePage(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: cdnsim.ManyDomains(1200)})
	for _, size := range []int{500, 400, 77} {
		seen := map[string]bool{}
		for page := 1; page <= (1200+size-1)/size; page++ {
			names, total := a.names(params{"PageNumber": strconv.Itoa(page), "PageSize": strconv.Itoa(size)})
			assert.Equal(t, 1200, total)
			for _, n := range names {
				assert.False(t, seen[n], n)
				seen[n] = true
			}
		}
		assert.Len(t, seen, 1200)
	}
}

func TestPagesAre20LongUnlessAsked(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: cdnsim.ManyDomains(50)})
	_, body := a.ask(domains18, nil)
	assert.Equal(t, 1.0, body["PageNumber"])
	assert.Equal(t, 20.0, body["PageSize"])
	names, total := a.names(params{"PageNumber": "3"})
	assert.Len(t, names, 10)
	assert.Equal(t, 50, total)
	names, total = a.names(params{"PageNumber": "4"})
	assert.Empty(t, names)
	assert.Equal(t, 50, total, "a page past the end is empty, not an error")
}

func TestDomainsAreFiltered(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for name, tc := range map[string]struct {
		own  params
		want []string
	}{
		"whole name unless told otherwise": {params{"DomainName": "www.example.com"}, []string{"www.example.com"}},
		"part is not whole":                {params{"DomainName": "www"}, nil},
		"full match":                       {params{"DomainName": "example", "DomainSearchType": "full_match"}, nil},
		"fuzzy match":                      {params{"DomainName": "e.example", "DomainSearchType": "fuzzy_match"}, []string{"live.example.net"}},
		"prefix":                           {params{"DomainName": "s", "DomainSearchType": "pre_match"}, []string{"static.example.com", "shop.example.org"}},
		"suffix":                           {params{"DomainName": ".net", "DomainSearchType": "suf_match"}, []string{"cdn.example.net", "live.example.net", "beta.example.net"}},
		"several names":                    {params{"DomainName": "www.example.com,api.example.com"}, []string{"www.example.com", "api.example.com"}},
		"status":                           {params{"DomainStatus": "offline"}, []string{"legacy.example.org"}},
		"type":                             {params{"CdnType": "video"}, []string{"video.example.com", "live.example.net"}},
		"two types":                        {params{"CdnType": "video,download", "Coverage": "overseas"}, []string{"cdn.example.net", "live.example.net"}},
		"coverage and status":              {params{"Coverage": "overseas", "DomainStatus": "configuring"}, []string{"beta.example.net"}},
	} {
		t.Run(name, func(t *testing.T) {
			names, total := a.names(tc.own)
			assert.Equal(t, tc.want, names)
			assert.Equal(t, len(tc.want), total)
		})
	}
}

func TestWrongDomainListParametersAreRefused(t *testing.T) {
	a := start(t, cdnsim.Options{})
	for _, own := range []params{
		{"PageSize": "501"},
		{"PageSize": "0"},
		{"PageSize": "x"},
		{"PageNumber": "0"},
		{"PageNumber": "100001"},
		{"DomainSearchType": "regex"},
		{"DomainStatus": "asleep"},
		{"CdnType": "web,"},
		{"Coverage": "moon"},
	} {
		assert.Equal(t, "400 InvalidParameter", a.refused(domains18, own), own)
	}
}

func TestAListedDomainHasTheDocumentedFields(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: []cdnsim.Domain{{Name: "a.example.com", Status: "offline"}}})
	_, body := a.ask(domains18, nil)
	d := body["Domains"].(map[string]any)["PageData"].([]any)[0].(map[string]any)
	for field, want := range map[string]string{
		"DomainName": "a.example.com", "DomainStatus": "offline", "CdnType": "web",
		"Coverage": "domestic", "Cname": "a.example.com.w.kunlunsl.com",
	} {
		assert.Equal(t, want, d[field], field)
	}
}

func TestTheAccountsDomainsCanChangeWhileTheServerRuns(t *testing.T) {
	a := start(t, cdnsim.Options{Domains: []cdnsim.Domain{}})
	names, _ := a.names(nil)
	assert.Empty(t, names)
	p := span(yesterday, noon, "DomainName", "new.example.com")
	assert.Equal(t, "404 InvalidDomain.NotFound", a.refused(flow2014, p))
	a.sim.SetDomains([]cdnsim.Domain{{Name: "new.example.com"}})
	names, _ = a.names(nil)
	assert.Equal(t, []string{"new.example.com"}, names)
	a.flow(flow2014, p)
}

func TestAnOfflineDomainStillAnswers(t *testing.T) {
	a := start(t, cdnsim.Options{})
	got := a.flow(flow2014, span(yesterday, noon, "DomainName", "legacy.example.org"))
	assert.NotEmpty(t, got.values)
}
