package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// resource calls a resource as the query editor does and returns the status and the body.
func (l *lab) resource(ctx context.Context, method, url string) (status int, body string) {
	l.Helper()
	err := l.source.CallResource(ctx, &backend.CallResourceRequest{Method: method, Path: "domains", URL: url},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			if r.Status != 0 {
				status = r.Status
			}
			body += string(r.Body)
			return nil
		}))
	require.NoError(l, err)
	return status, body
}

// listed reads a list of domains.
func (l *lab) listed(url string) domainList {
	l.Helper()
	status, body := l.resource(l.Context(), "GET", url)
	require.Equal(l, http.StatusOK, status)
	var list domainList
	require.NoError(l, json.Unmarshal([]byte(body), &list))
	require.Len(l, list.Domains, list.Total)
	return list
}

func TestADomainIsListedWithAllItsProperties(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Domains: []cdnsim.Domain{
		{Name: "www.example.com", Status: "offline", Type: "video", Coverage: "overseas", Cname: "www.example.com.w.kunlun.com"},
	}}})
	_, body := l.resource(t.Context(), "GET", "domains")
	assert.JSONEq(t, `{"total":1,"domains":[{"name":"www.example.com","status":"offline","type":"video","coverage":"overseas",
		"cname":"www.example.com.w.kunlun.com"}]}`, body)
}

func TestDomainsAreSearchedAndFiltered(t *testing.T) {
	l := newLab(t, setup{})
	for path, want := range map[string]int{
		"domains":                               12,
		"domains?search=":                       12,
		"domains?search=example.net":            3,
		"domains?search=IMG":                    1,
		"domains?search=%20img%20":              1,
		"domains?search=.example.":              12,
		"domains?search=(":                      0,
		"domains?status=online":                 10,
		"domains?status=offline":                1,
		"domains?status=none":                   0,
		"domains?search=net&status=configuring": 1,
		"domains?search=img&search=video":       2,
		"domains?status=offline&status=online":  11,
		"domains?status=":                       12,
		"domains?type=none":                     0,
		"domains?type=video&type=download":      4,
		"domains?regex=":                        12,
		"domains?regex=%5E(img%7Cvideo)":        2,
		"domains?regex=img&status=offline":      0,
	} {
		assert.Len(t, l.listed(path).Domains, want, path)
	}
	_, body := l.resource(t.Context(), "GET", "domains?search=nothing")
	assert.JSONEq(t, `{"domains":[],"total":0}`, body, "an empty list, not null")
}

func TestAPatternOfAVariableIsReadLikeThatOfAQuery(t *testing.T) {
	l := newLab(t, setup{})
	for _, pattern := range []string{`(?P<s>img)`, `(?s)img.example`, `^[[:alpha:]]mg\.`, `(?i)^IMG`, `\Aimg\.`} {
		list := l.listed("domains?regex=" + url.QueryEscape(pattern))
		if assert.Len(t, list.Domains, 1, pattern) {
			assert.Equal(t, "img.example.com", list.Domains[0].Name, pattern)
		}
	}
	for pattern, words := range map[string]string{
		`img(`:    "RE2",
		`(?!img)`: "RE2",
		`^$site`:  "variable that nothing replaced",
	} {
		status, body := l.resource(t.Context(), "GET", "domains?regex="+url.QueryEscape(pattern))
		assert.Equal(t, http.StatusBadRequest, status, pattern)
		assert.Contains(t, body, `{"message":"regex: `, pattern)
		assert.Contains(t, body, words, pattern)
	}
}

func TestEveryPageIsRead(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(1200)}})
	list := l.listed("domains")
	assert.Equal(t, 1200, list.Total)
	names := map[string]bool{}
	for _, domain := range list.Domains {
		names[domain.Name] = true
	}
	assert.Len(t, names, 1200)
	assert.True(t, names["site-01200.example.com"])
	assert.Len(t, l.calls(listing), 3)
	assert.Len(t, l.listed("domains?search=site-0119").Domains, 10)
	assert.Len(t, l.calls(listing), 3, "a search is done on the list that is there")
}

func TestTheListIsGoodForFiveMinutes(t *testing.T) {
	l := newLab(t, setup{})
	l.listed("domains")
	l.sim.SetDomains(append(cdnsim.DemoDomains(), cdnsim.Domain{Name: "new.example.com"}))
	l.later(5*time.Minute - time.Second)
	assert.Len(t, l.listed("domains").Domains, 12)
	assert.Len(t, l.calls(listing), 1)
	l.later(time.Second)
	assert.Len(t, l.listed("domains").Domains, 13)
	assert.Len(t, l.calls(listing), 2)
}

func TestAnEmptyAccountIsListedOnce(t *testing.T) {
	l := newLab(t, setup{api: cdnsim.Options{Domains: []cdnsim.Domain{}}})
	for range 3 {
		assert.Empty(t, l.listed("domains").Domains)
	}
	assert.Len(t, l.calls(listing), 1)
}

func TestAFailureIsAMessageAndNeverA401(t *testing.T) {
	for name, c := range map[string]struct {
		setup
		status  int
		message string
	}{
		"a wrong secret": {
			setup{secrets: map[string]string{"accessKeyId": cdnsim.DemoKeyID, "accessKeySecret": "x"}},
			502, "Enter the secret again", // to the browser 401 would end Grafana's own session
		},
		"an unknown key":   {setup{secrets: map[string]string{"accessKeyId": "x", "accessKeySecret": "x"}}, 502, "does not know this AccessKey ID"},
		"no permission":    {setup{api: cdnsim.Options{Denied: []string{listing}}}, 403, "cdn:DescribeUserDomains"},
		"a page":           {setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return page(200, "<html>") }}}, 502, "whether a proxy answers"},
		"wrong settings":   {setup{json: map[string]any{"apiVersion": "x"}}, 400, `apiVersion: \"x\" is not one of`},
		"missing settings": {setup{secrets: map[string]string{}}, 400, "accessKeyId: is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, c.setup)
			status, body := l.resource(t.Context(), "GET", "domains")
			assert.Equal(t, c.status, status)
			assert.Contains(t, body, c.message)
			var answer map[string]string
			require.NoError(t, json.Unmarshal([]byte(body), &answer))
			assert.Len(t, answer, 1)
			assert.NotEmpty(t, answer["message"])
		})
	}
	t.Run("an API that hangs", func(t *testing.T) {
		hanging := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }}
		inBubble(t, setup{api: hanging}, func(l *lab) {
			ctx, cancel := context.WithTimeout(l.Context(), 200*time.Millisecond)
			defer cancel()
			status, body := l.resource(ctx, "GET", "domains")
			assert.Equal(l, http.StatusGatewayTimeout, status)
			assert.Contains(l, body, "took too long")
		})
	})
}

func TestAFailedListIsTriedAgain(t *testing.T) {
	var mended atomic.Bool
	l := newLab(t, setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		if !mended.Load() {
			return refused(403, "Forbidden.RAM")
		}
		return nil
	}}})
	status, _ := l.resource(t.Context(), "GET", "domains")
	assert.Equal(t, http.StatusForbidden, status)
	mended.Store(true)
	assert.Len(t, l.listed("domains").Domains, 12)
}

func TestOnlyTheDomainsAreThere(t *testing.T) {
	l := newLab(t, setup{})
	for _, method := range []string{"POST", "DELETE", "PUT"} {
		status, _ := l.resource(t.Context(), method, "domains")
		assert.Equal(t, http.StatusMethodNotAllowed, status, method)
	}
	status := 0
	require.NoError(t, l.source.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: "secrets", URL: "secrets"},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error { status = r.Status; return nil })))
	assert.Equal(t, http.StatusNotFound, status)
	assert.Empty(t, l.sim.Calls())
}
