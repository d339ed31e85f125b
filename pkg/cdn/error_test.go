package cdn_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

func TestAnyBodyOfAFailureBecomesAnError(t *testing.T) {
	const html = "<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>"
	for name, c := range map[string]struct {
		status int
		body   string
		want   cdn.Error // Code, RequestID, Message
		kind   cdn.Kind
	}{
		"as documented":           {400, `{"RequestId":"R-1","HostId":"h","Code":"Throttling.User","Message":"m","Recommend":"r"}`, cdn.Error{Code: "Throttling.User", RequestID: "R-1", Message: "m"}, cdn.Throttled},
		"with account ids":        {403, `{"RequestId":"R-1","Code":"Forbidden.RAM","AccessDeniedDetail":{"AuthPrincipalOwnerId":"1"}}`, cdn.Error{Code: "Forbidden.RAM", RequestID: "R-1"}, cdn.Forbidden},
		"HTML, 502":               {502, html, cdn.Error{}, cdn.Busy},
		"HTML, 400":               {400, html, cdn.Error{}, cdn.Malformed},
		"XML":                     {400, `<Error><Code>Throttling</Code></Error>`, cdn.Error{}, cdn.Malformed},
		"nothing, 503":            {503, "", cdn.Error{}, cdn.Busy},
		"nothing, 400":            {400, "", cdn.Error{}, cdn.Malformed},
		"nothing, 429":            {429, "", cdn.Error{}, cdn.Throttled},
		"cut off":                 {400, `{"RequestId":"R-1","Code":"Thrott`, cdn.Error{}, cdn.Malformed},
		"no object":               {400, `["Throttling"]`, cdn.Error{}, cdn.Malformed},
		"null":                    {400, `null`, cdn.Error{}, cdn.Malformed},
		"two values":              {400, `{"Code":"Throttling"}{}`, cdn.Error{}, cdn.Malformed},
		"Code is a number":        {400, `{"RequestId":"R-1","Code":400,"Message":"m"}`, cdn.Error{RequestID: "R-1", Message: "m"}, cdn.Malformed},
		"Code is null":            {500, `{"RequestId":"R-1","Code":null}`, cdn.Error{RequestID: "R-1"}, cdn.Busy},
		"Code is prose":           {400, `{"Code":"slow down, please"}`, cdn.Error{}, cdn.Malformed},
		"Code is very long":       {400, `{"Code":"` + strings.Repeat("A", 101) + `"}`, cdn.Error{}, cdn.Malformed},
		"Code has a line break":   {400, `{"Code":"Throttling\n"}`, cdn.Error{}, cdn.Malformed},
		"RequestId is an object":  {400, `{"RequestId":{"a":[1]},"Code":"Throttling","Message":"m"}`, cdn.Error{Code: "Throttling", Message: "m"}, cdn.Throttled},
		"Message is null":         {400, `{"RequestId":"R-1","Code":"Throttling","Message":null}`, cdn.Error{Code: "Throttling", RequestID: "R-1"}, cdn.Throttled},
		"Message is a list":       {400, `{"Code":"Throttling","Message":["m"]}`, cdn.Error{Code: "Throttling"}, cdn.Throttled},
		"only a Code":             {400, `{"Code":"Throttling"}`, cdn.Error{Code: "Throttling"}, cdn.Throttled},
		"only a RequestId":        {400, `{"RequestId":"R-1"}`, cdn.Error{RequestID: "R-1"}, cdn.Malformed},
		"no content":              {204, "", cdn.Error{}, cdn.Malformed},
		"200, an error":           {200, `{"RequestId":"R-1","Code":"Throttling","Message":"m"}`, cdn.Error{Code: "Throttling", RequestID: "R-1", Message: "m"}, cdn.Throttled},
		"200, an error, and data": {200, `{"Code":"ServiceBusy","DataInterval":"300"}`, cdn.Error{Code: "ServiceBusy"}, cdn.Busy},
		"200, Code is a number":   {200, `{"RequestId":"R-1","Code":400}`, cdn.Error{}, cdn.Malformed},
		"200, HTML":               {200, html, cdn.Error{}, cdn.Malformed},
		"200, nothing":            {200, "", cdn.Error{}, cdn.Malformed},
		"200, an empty object":    {200, "{}", cdn.Error{}, cdn.Malformed},
		"200, another answer":     {200, `{"TotalCount":3}`, cdn.Error{}, cdn.Malformed},
		"200, cut off":            {200, `{"RequestId":"R-1","SrcFlowDataPerInterval":{"DataModule":[{"TimeStamp":"2024-`, cdn.Error{}, cdn.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fixed(t, cdnsim.Fault{Status: c.status, Body: c.body}).Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
			got := failure(t, err)
			assert.Equal(t, c.want, cdn.Error{Code: got.Code, RequestID: got.RequestID, Message: got.Message})
			assert.Equal(t, c.status, got.HTTPStatus)
			assert.Equal(t, c.kind, got.Kind())
		})
	}
}

func TestTheErrorTextNamesOperationCodeStatusAndRequest(t *testing.T) {
	for want, err := range map[string]cdn.Error{
		"Op: Throttling.User (HTTP 400), RequestId R-1": {Operation: "Op", Code: "Throttling.User", HTTPStatus: 400, RequestID: "R-1", Message: "hidden"},
		"Op: service unavailable (HTTP 502)":            {Operation: "Op", HTTPStatus: 502, Message: "hidden"},
		"Op: no answer":                                 {Operation: "Op", Err: context.Canceled},
		"Op: unreadable answer (HTTP 200)":              {Operation: "Op", HTTPStatus: 200, Err: cdn.ErrMalformed},
	} {
		assert.Equal(t, want, err.Error())
	}
}

// A caller whose context ended must find that out, whatever stage the call was in.
func TestTheEndOfTheContextIsFoundThroughTheError(t *testing.T) {
	requireEnd := func(t *testing.T, err, want error) {
		assert.ErrorIs(t, err, want)
		assert.Equal(t, cdn.Unreachable, failure(t, err).Kind())
		assert.Zero(t, failure(t, err).HTTPStatus)
	}
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		api := start(t, cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			cancel()
			return &cdnsim.Fault{Hang: true}
		}})
		_, err := api.Describe(ctx, cdn.SrcFlowData, cdn.Request{})
		requireEnd(t, err, context.Canceled)
	})

	t.Run("deadline reached", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			sim := cdnsim.New(cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }})
			client, _ := inProcess(sim, demoKey)
			_, err := client.Describe(ctx, cdn.SrcFlowData, cdn.Request{})
			requireEnd(t, err, context.DeadlineExceeded)
			assert.Len(t, sim.Calls(), 1, "the call was under way")
		})
	})

	t.Run("canceled in the middle of the answer", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		client, tap := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"RequestId":`))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}), demoKey)
		tap.answered = cancel
		_, err := client.Describe(ctx, cdn.SrcFlowData, cdn.Request{})
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, cdn.Unreachable, failure(t, err).Kind())
		assert.Equal(t, http.StatusOK, failure(t, err).HTTPStatus)
	})
}

func TestAnEndlessAnswerIsGivenUp(t *testing.T) {
	client, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		block := []byte(strings.Repeat(" ", 1<<20))
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}), demoKey)
	_, err := client.Describe(t.Context(), cdn.SrcFlowData, cdn.Request{})
	assert.ErrorIs(t, err, cdn.ErrMalformed)
	assert.Equal(t, cdn.Malformed, failure(t, err).Kind())
}
