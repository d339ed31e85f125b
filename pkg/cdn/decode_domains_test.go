package cdn

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// domainBodies are answers and what they say, or that they are refused. They also seed the fuzzing.
var domainBodies = map[string]struct {
	body  string
	total int
	names []string
	fails bool
}{
	"an account without domains":  {body: `{"TotalCount":0,"Domains":{"PageData":[]}}`},
	"no container":                {body: `{"TotalCount":0}`},
	"the container is null":       {body: `{"TotalCount":0,"Domains":null}`},
	"the container is a list":     {body: `{"TotalCount":0,"Domains":[]}`},
	"the container is empty":      {body: `{"TotalCount":0,"Domains":{}}`},
	"the container is empty text": {body: `{"TotalCount":0,"Domains":""}`},
	"the list is null":            {body: `{"TotalCount":0,"Domains":{"PageData":null}}`},
	"the list is an object":       {body: `{"TotalCount":0,"Domains":{"PageData":{}}}`},
	"the list is empty text":      {body: `{"TotalCount":0,"Domains":{"PageData":""}}`},
	"an empty Code":               {body: `{"TotalCount":0,"Code":"","Domains":""}`},
	"only an empty container":     {body: `{"Domains":""}`, total: -1},
	"only a RequestId":            {body: `{"RequestId":"1"}`, total: -1},
	"only a PageNumber":           {body: `{"PageNumber":1}`, total: -1},
	"no total":                    {body: `{"Domains":{"PageData":[{"DomainName":"a.com"}]}}`, total: -1, names: []string{"a.com"}},
	"the total is null":           {body: `{"TotalCount":null,"Domains":{"PageData":[{"DomainName":"a.com"}]}}`, total: -1, names: []string{"a.com"}},
	"the total is empty":          {body: `{"TotalCount":"","Domains":{"PageData":[{"DomainName":"a.com"}]}}`, total: -1, names: []string{"a.com"}},
	"white space in the total":    {body: `{"TotalCount":" 7 ","Domains":[]}`, total: 7},
	"names in need of tidying":    {body: `{"TotalCount":2,"Domains":{"PageData":[{"DomainName":" WWW.Example.com\n"},{"DomainName":"\u0042.com"}]}}`, total: 2, names: []string{"www.example.com", "b.com"}},
	"no names":                    {body: `{"TotalCount":4,"Domains":{"PageData":[{"DomainName":""},{"DomainName":" "},{"Cname":"x"},{"DomainName":"a.com"}]}}`, total: 4, names: []string{"a.com"}},
	"names that are no text":      {body: `{"TotalCount":5,"Domains":{"PageData":[{"DomainName":[]},{"DomainName":["b.com"]},{"DomainName":7},{"DomainName":null},{"DomainName":"a.com"}]}}`, total: 5, names: []string{"a.com"}},
	"elements that are no object": {body: `{"TotalCount":6,"Domains":{"PageData":[null,"b.com",7,["c.com"],true,{"DomainName":"a.com"}]}}`, total: 6, names: []string{"a.com"}},
	"unknown members":             {body: `{"TotalCount":1,"PageSize":[1],"Domains":{"Other":{"PageData":[{}]},"PageData":[{"Sources":{"Source":[{"DomainName":"x"}]},"DomainName":"a.com"}]}}`, total: 1, names: []string{"a.com"}},
	"bytes that are no text":      {body: "{\"TotalCount\":1,\"Domains\":{\"PageData\":[{\"DomainName\":\"a\xff\xff.com\"}]}}", total: 1, names: []string{"a\ufffd\ufffd.com"}},
	"the total is no number":      {body: `{"TotalCount":"many"}`, fails: true},
	"the total is negative":       {body: `{"TotalCount":-1}`, fails: true},
	"the container is text":       {body: `{"TotalCount":0,"Domains":"none"}`, fails: true},
	"the list is text":            {body: `{"TotalCount":0,"Domains":{"PageData":"none"}}`, fails: true},
	"nothing":                     {body: ``, fails: true},
	"null":                        {body: `null`, fails: true},
	"an empty object":             {body: `{}`, fails: true},
	"an empty list":               {body: `[]`, fails: true},
	"another answer":              {body: `{"status":"ok"}`, fails: true},
	"cut off":                     {body: `{"TotalCount":0,"Domains":{"PageDa`, fails: true},
	"two values":                  {body: `{"TotalCount":0}{}`, fails: true},
	"HTML":                        {body: `<html>busy</html>`, fails: true},
	"an error":                    {body: `{"Code":"Throttling","Message":"slow down","RequestId":"1"}`, fails: true},
	"an error and a total":        {body: `{"TotalCount":0,"Code":"ServiceBusy"}`, fails: true},
	"an error and domains":        {body: `{"Domains":{"PageData":[{"DomainName":"a.com"}]},"Code":"ServiceBusy"}`, fails: true},
	"a Code that is none":         {body: `{"TotalCount":0,"Code":{"a":1}}`, fails: true},
}

func TestListsOfDomainsAreReadOrRefused(t *testing.T) {
	for name, c := range domainBodies {
		t.Run(name, func(t *testing.T) {
			page, err := decodeDomainsPage([]byte(c.body))
			if c.fails {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.total, page.Total)
			var names []string
			for _, domain := range page.Domains {
				names = append(names, domain.Name)
			}
			assert.Equal(t, c.names, names)
		})
	}
}

func TestAnOddPropertyCostsADomainNothingElse(t *testing.T) {
	page, err := decodeDomainsPage([]byte(`{"TotalCount":1,"Domains":{"PageData":[{"DomainName":"a.com",` +
		`"DomainStatus":{"Value":"online"},"CdnType":7,"Coverage":null,"Cname":"` + "a\xff\xff.net" + `"}]}}`))
	require.NoError(t, err)
	assert.Equal(t, []Domain{{Name: "a.com", CNAME: "a\ufffd\ufffd.net"}}, page.Domains)
}
