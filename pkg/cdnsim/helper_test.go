package cdnsim_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// noon is when tests take place unless they move the clock: a Wednesday.
var noon = time.Date(2024, 5, 15, 12, 2, 30, 0, time.UTC)

const (
	flow2014  = "DescribeDomainSrcFlowData"
	flow2018  = "DescribeDomainSrcTrafficData"
	domains18 = "DescribeUserDomains"
)

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) Set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.now = t }

// params are query parameters.
type params map[string]string

// api is a simulated API behind a real socket, and a client of its own.
type api struct {
	t     *testing.T
	clock *clock
	sim   *cdnsim.Server
	url   string
}

func start(t *testing.T, opts cdnsim.Options) *api {
	t.Helper()
	c := &clock{now: noon}
	if opts.Now == nil {
		opts.Now = c.Now
	}
	sim := cdnsim.New(opts)
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	return &api{t: t, clock: c, sim: sim, url: srv.URL}
}

var nonces atomic.Int64

// query is a signed query: the defaults of a good client, changed by own; an
// own value of "-" leaves a parameter out.
func (a *api) query(operation string, own params) string {
	all := params{
		"Action": operation, "Version": "2018-05-10", "Format": "JSON",
		"AccessKeyId": cdnsim.DemoKeyID, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
		"SignatureNonce": "nonce-" + strconv.FormatInt(nonces.Add(1), 10),
		"Timestamp":      a.clock.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	if operation == flow2014 {
		all["Version"] = "2014-11-11"
	}
	for k, v := range own {
		all[k] = v
		if v == "-" {
			delete(all, k)
		}
	}
	return signed(all, cdnsim.DemoKeySecret)
}

// signed signs by way of net/url, not by the server's own encoder.
func signed(all params, secret string) string {
	values := url.Values{}
	for k, v := range all {
		values.Set(k, v)
	}
	if _, given := all["Signature"]; !given {
		rfc3986 := strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace
		text := "GET&%2F&" + rfc3986(url.QueryEscape(rfc3986(values.Encode())))
		mac := hmac.New(sha1.New, []byte(secret+"&"))
		mac.Write([]byte(text))
		values.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return values.Encode()
}

// get sends a query as it is.
func (a *api) get(query string) (status int, body string) {
	a.t.Helper()
	resp, err := http.Get(a.url + "/?" + query)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	return resp.StatusCode, string(text)
}

// ask makes a signed call and decodes what comes.
func (a *api) ask(operation string, own params) (status int, body map[string]any) {
	a.t.Helper()
	status, text := a.get(a.query(operation, own))
	require.NoError(a.t, json.Unmarshal([]byte(text), &body), text)
	require.NotEmpty(a.t, body["RequestId"], text)
	return status, body
}

// refused makes a call that must fail, and returns "status code".
func (a *api) refused(operation string, own params) string {
	a.t.Helper()
	status, body := a.ask(operation, own)
	return fmt.Sprintf("%d %v", status, body["Code"])
}

// series is the good answer of a flow operation: values by slice start, and the
// starts in the order they came.
type series struct {
	interval string
	order    []time.Time
	values   map[time.Time]int64
	body     map[string]any
}

var containers = map[string]string{
	flow2014: "SrcFlowDataPerInterval", flow2018: "SrcTrafficDataPerInterval",
}

func (a *api) flow(operation string, own params) series {
	a.t.Helper()
	status, body := a.ask(operation, own)
	require.Equal(a.t, http.StatusOK, status, body)
	s := series{interval: body["DataInterval"].(string), values: map[time.Time]int64{}, body: body}
	for _, m := range body[containers[operation]].(map[string]any)["DataModule"].([]any) {
		p := m.(map[string]any)
		at, err := time.Parse("2006-01-02T15:04:05Z", p["TimeStamp"].(string))
		require.NoError(a.t, err)
		value, err := strconv.ParseInt(p["Value"].(string), 10, 64)
		require.NoError(a.t, err)
		_, twice := s.values[at]
		require.False(a.t, twice, at)
		s.order, s.values[at] = append(s.order, at), value
	}
	return s
}

// metrics are the operations of 2018-05-10 that tell slices: where their points
// are.
var metrics = map[string]struct{ container, list string }{
	flow2018:                        {"SrcTrafficDataPerInterval", "DataModule"},
	"DescribeDomainTrafficData":     {"TrafficDataPerInterval", "DataModule"},
	"DescribeDomainSrcQpsData":      {"SrcQpsDataPerInterval", "DataModule"},
	"DescribeDomainQpsData":         {"QpsDataInterval", "DataModule"},
	"DescribeDomainSrcHttpCodeData": {"HttpCodeData", "UsageData"},
	"DescribeDomainHttpCodeData":    {"HttpCodeData", "UsageData"},
	"DescribeDomainHitRateData":     {"HitRateInterval", "DataModule"},
	"DescribeDomainReqHitRateData":  {"ReqHitRateInterval", "DataModule"},
}

const (
	srcStatus = "DescribeDomainSrcHttpCodeData"
	hitRate   = "DescribeDomainHitRateData"
)

// told is the good answer of a metric: points by slice start, as they are on the
// wire.
type told struct {
	interval any
	points   map[time.Time]map[string]any
	body     map[string]any
}

func (a *api) tell(operation string, own params) told {
	a.t.Helper()
	status, body := a.ask(operation, own)
	require.Equal(a.t, http.StatusOK, status, body)
	got := told{body["DataInterval"], map[time.Time]map[string]any{}, body}
	at := metrics[operation]
	for _, m := range body[at.container].(map[string]any)[at.list].([]any) {
		p := m.(map[string]any)
		start, err := time.Parse("2006-01-02T15:04:05Z", p["TimeStamp"].(string))
		require.NoError(a.t, err)
		require.NotContains(a.t, got.points, start)
		got.points[start] = p
	}
	return got
}

// code is an element of CodeProportionData.
type code struct{ Code, Count, Proportion any }

// codes are those of a point of a status operation, in the order they came.
func codes(t *testing.T, point map[string]any) []code {
	t.Helper()
	text, err := json.Marshal(point["Value"])
	require.NoError(t, err)
	var value struct{ CodeProportionData []code }
	require.NoError(t, json.Unmarshal(text, &value))
	require.NotNil(t, value.CodeProportionData)
	return value.CodeProportionData
}

// counts are the counts of a point by code.
func counts(t *testing.T, point map[string]any) map[int]int64 {
	t.Helper()
	byCode := map[int]int64{}
	for _, c := range codes(t, point) {
		n, err := strconv.Atoi(c.Code.(string))
		require.NoError(t, err)
		require.NotContains(t, byCode, n)
		byCode[n], err = strconv.ParseInt(c.Count.(string), 10, 64)
		require.NoError(t, err)
	}
	return byCode
}

// span are StartTime and EndTime of 2014-11-11, plus more parameters.
func span(from, to time.Time, more ...string) params {
	return window("2006-01-02T15:04Z", from, to, more)
}

// span18 are those of 2018-05-10.
func span18(from, to time.Time, more ...string) params {
	return window("2006-01-02T15:04:05Z", from, to, more)
}

func window(layout string, from, to time.Time, more []string) params {
	p := params{"StartTime": from.UTC().Format(layout), "EndTime": to.UTC().Format(layout)}
	for i := 0; i < len(more); i += 2 {
		p[more[i]] = more[i+1]
	}
	return p
}
