package cdnsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestListsOfDomainsMayBeRefused(t *testing.T) {
	a := start(t, cdnsim.Options{NoLists: true})
	hour := yesterday.Add(time.Hour)
	for _, list := range []string{"www.example.com,api.example.com", "www.example.com,", ","} {
		assert.Equal(t, "404 InvalidDomain.NotFound", a.refused(flow2014, span(yesterday, hour, "DomainName", list)), list)
		assert.Equal(t, "404 InvalidDomain.NotFound", a.refused(flow2018, span18(yesterday, hour, "DomainName", list)), list)
	}
	a.flow(flow2014, span(yesterday, hour, "DomainName", "www.example.com"))
	a.flow(flow2014, span(yesterday, hour))
	names, _ := a.names(params{"DomainName": "www.example.com,api.example.com"})
	assert.Len(t, names, 2, "the list of domains is searched as before")
}

func TestOfflineDomainsMayBeRefused(t *testing.T) {
	const off = "off.example.com"
	account := []cdnsim.Domain{{Name: www}, {Name: off, Status: "offline"}, {Name: "new.example.com", Status: "configuring"}}
	a := start(t, cdnsim.Options{OfflineRefused: true, Domains: account})
	hour := yesterday.Add(time.Hour)
	for _, names := range []string{off, www + "," + off} {
		assert.Equal(t, "404 InvalidDomain.Offline", a.refused(flow2014, span(yesterday, hour, "DomainName", names)), names)
		assert.Equal(t, "404 InvalidDomain.Offline", a.refused(flow2018, span18(yesterday, hour, "DomainName", names)), names)
	}
	a.flow(flow2018, span18(yesterday, hour, "DomainName", www+",new.example.com"))
	var all int64
	for _, d := range account {
		all += cdnsim.Traffic(d.Name, yesterday)
	}
	assert.Equal(t, all, a.flow(flow2018, span18(yesterday, hour)).values[yesterday], "offline domains count in the account's sum")

	a.sim.SetDomains([]cdnsim.Domain{{Name: off}})
	a.flow(flow2018, span18(yesterday, hour, "DomainName", off))
}

func TestTheHistoryMayBeShorterThanDocumentedButNotLonger(t *testing.T) {
	now := noon.Truncate(time.Minute)
	asked := func(history, age time.Duration, operation, interval string) string {
		a := start(t, cdnsim.Options{History: history})
		a.clock.Set(now)
		p := span18(now.Add(-age), now.Add(time.Hour-age), "Interval", interval)
		if operation == flow2014 {
			p = span(now.Add(-age), now.Add(time.Hour-age), "Interval", interval)
		}
		status, body := a.ask(operation, p)
		if status == 200 {
			return "answered"
		}
		return body["Code"].(string)
	}
	const tooOld = "InvalidStartTime.ValueNotSupported"
	for _, interval := range []string{"300", "3600", "86400"} {
		for _, operation := range []string{flow2014, flow2018} {
			assert.Equal(t, "answered", asked(30*day, 30*day, operation, interval))
			assert.Equal(t, tooOld, asked(30*day, 30*day+time.Minute, operation, interval))
		}
	}
	assert.Equal(t, tooOld, asked(200*day, 94*day, flow2018, "300"))
	assert.Equal(t, "answered", asked(200*day, 199*day, flow2018, "86400"))
	assert.Equal(t, tooOld, asked(200*day, 91*day, flow2014, "86400"))
}
