package cdnsim

import (
	"cmp"
	"fmt"
	"strings"
)

// Domain is an accelerated domain of the account, with the properties
// DescribeUserDomains lists. Empty fields take the defaults named here.
type Domain struct {
	Name     string
	Status   string // DomainStatus: online (default), offline, configuring, …
	Type     string // CdnType: web (default), download, video
	Coverage string // domestic (default), overseas, global
	Cname    string // default <Name>.w.kunlunsl.com
}

// statusOffline is the DomainStatus of a domain that has been taken down.
const statusOffline = "offline"

func (d Domain) withDefaults() Domain {
	d.Status = cmp.Or(d.Status, "online")
	d.Type = cmp.Or(d.Type, "web")
	d.Coverage = cmp.Or(d.Coverage, "domestic")
	d.Cname = cmp.Or(d.Cname, d.Name+".w.kunlunsl.com")
	return d
}

// listing is the domain as an element of PageData.
func (d Domain) listing() map[string]any {
	return map[string]any{
		"DomainId":        fmt.Sprint(hashName(d.Name) % 1e10),
		"DomainName":      d.Name,
		"DomainStatus":    d.Status,
		"CdnType":         d.Type,
		"Coverage":        d.Coverage,
		"Cname":           d.Cname,
		"Description":     "",
		"GmtCreated":      "2023-03-01T02:03:04Z",
		"GmtModified":     "2024-05-06T07:08:09Z",
		"ResourceGroupId": "rg-example",
		"Sandbox":         "normal",
		"SslProtocol":     "on",
		"Sources": map[string]any{"Source": []map[string]any{
			{"Type": "domain", "Content": "origin." + d.Name, "Port": 443, "Priority": "20", "Weight": "10"},
		}},
	}
}

// DemoDomains are the domains of the demo account: the kinds a real account
// mixes, under names reserved for documentation (RFC 2606). Their traffic spans
// seven orders of magnitude; legacy.example.org is offline and has none.
func DemoDomains() []Domain {
	return []Domain{
		{Name: "www.example.com", Type: "web", Coverage: "global"},
		{Name: "static.example.com", Type: "web", Coverage: "global"},
		{Name: "img.example.com", Type: "web", Coverage: "domestic"},
		{Name: "video.example.com", Type: "video", Coverage: "domestic"},
		{Name: "api.example.com", Type: "web", Coverage: "global"},
		{Name: "download.example.com", Type: "download", Coverage: "global"},
		{Name: "cdn.example.net", Type: "download", Coverage: "overseas"},
		{Name: "live.example.net", Type: "video", Coverage: "overseas"},
		{Name: "beta.example.net", Type: "web", Coverage: "overseas", Status: "configuring"},
		{Name: "shop.example.org", Type: "web", Coverage: "domestic"},
		{Name: "docs.example.org", Type: "web", Coverage: "global"},
		{Name: "legacy.example.org", Type: "web", Coverage: "domestic", Status: "offline"},
	}
}

// ManyDomains makes n domains of mixed kinds, site-00001.example.com and on, for
// tests of paging and scale. One in twelve is offline.
func ManyDomains(n int) []Domain { return manyDomains("site-", n) }

// heavyPrefix begins the names of [HeavyDomains].
const heavyPrefix = "shop-"

// HeavyDomains makes n domains as they are in a large account, shop-00001.example.com
// and on: one in a hundred has a hundred times the traffic that all have at least, one in a
// thousand a thousand times, up to a million times. One in twelve is offline.
func HeavyDomains(n int) []Domain { return manyDomains(heavyPrefix, n) }

// LargeDemo are the domains of a demo account of n: [DemoDomains] and so many of
// [HeavyDomains].
func LargeDemo(n int) []Domain {
	domains := DemoDomains()
	return append(domains, HeavyDomains(max(n-len(domains), 0))...)
}

func isHeavy(name string) bool { return strings.HasPrefix(name, heavyPrefix) }

func manyDomains(prefix string, n int) []Domain {
	kinds := DemoDomains()
	domains := make([]Domain, n)
	for i := range domains {
		domains[i] = kinds[i%len(kinds)]
		domains[i].Name = fmt.Sprintf("%s%05d.example.com", prefix, i+1)
	}
	return domains
}
