package cdn

import (
	"context"
	"strconv"
	"time"
)

// Domain is an accelerated domain of the account.
type Domain struct {
	// Name is the domain name, in lower case.
	Name string
	// Status is DomainStatus: online, offline, configuring, configure_failed, checking, check_failed, …
	Status string
	// Type is CdnType: web, download or video.
	Type string
	// Coverage is domestic, overseas or global.
	Coverage string
	// CNAME is the name that the domain's DNS record points at.
	CNAME string
}

// UserDomains is the name of the operation that lists the account's domains, of API version 2018-05-10.
//
// Source: https://api.aliyun.com/document/Cdn/2018-05-10/DescribeUserDomains
const UserDomains = "DescribeUserDomains"

// MaxDomainsPerPage is the largest PageSize; the default of 20 is what cuts other tools' lists.
const MaxDomainsPerPage = 500

// DomainsPage is one page of the list.
type DomainsPage struct {
	// Domains on this page that have a name, which may be fewer than the API counts.
	Domains []Domain
	// Total number of domains on all pages (TotalCount); -1 if not said.
	Total int
	// Date is the time of the API's clock when it answered: UTC, whole seconds, cut off by HTTP; zero where the answer
	// does not tell.
	Date time.Time
}

// UserDomains reads one page, from number 1 on, of at most size domains: 1 to [MaxDomainsPerPage]. Every error is an
// [*Error].
func (c *Client) UserDomains(ctx context.Context, number, size int) (DomainsPage, error) {
	var page DomainsPage
	date, err := c.call(ctx, action{name: UserDomains, version: "2018-05-10"}, params{
		"PageNumber": strconv.Itoa(number),
		"PageSize":   strconv.Itoa(size),
	}, func(body []byte) (err error) {
		page, err = decodeDomainsPage(body)
		return err
	})
	page.Date = date
	return page, err
}
