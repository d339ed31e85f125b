package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
	"github.com/originflow/aliyuncdn-datasource/pkg/sts"
)

// listener collects what data sources of one language say.
type listener struct {
	*testing.T
	language string

	mu    sync.Mutex
	heard []string
}

// lab is a data source that speaks the listener's language.
func (h *listener) lab(t *testing.T, s setup) *lab { return newLab(t, h.speaking(s)) }

func (h *listener) speaking(s setup) setup {
	s.json = maps.Clone(s.json)
	if s.json == nil {
		s.json = map[string]any{}
	}
	s.json["language"] = h.language
	if s.json["callsPerSecond"] == nil {
		s.json["callsPerSecond"] = 100
	}
	return s
}

func (h *listener) hear(texts ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, text := range texts {
		if text != "" {
			h.heard = append(h.heard, text)
		}
	}
}

// ask hears the error, the notices and the legends of an answer.
func (h *listener) ask(ctx context.Context, l *lab, q question) {
	response := l.askWithin(ctx, q)
	if response.Error != nil {
		h.hear(response.Error.Error())
	}
	h.hear(noticesOf(response.Frames)...)
	for _, frame := range response.Frames {
		for _, field := range frame.Fields {
			if field.Config != nil {
				h.hear(field.Config.DisplayNameFromDS)
			}
		}
	}
}

// askAll asks several queries for the last hour.
func (h *listener) askAll(l *lab, queries ...string) {
	for _, query := range queries {
		h.ask(l.Context(), l, hour(query))
	}
}

func (h *listener) check(l *lab) {
	_, message, details := l.health()
	h.hear(message)
	h.hear(strings.Split(details, "\n")...)
}

func (h *listener) list(l *lab, params string) {
	_, body := l.resource(l.Context(), "GET", "domains"+params)
	var answer struct{ Message string }
	require.NoError(h, json.Unmarshal([]byte(body), &answer))
	h.hear(answer.Message)
}

// one is a query that asks for one domain.
const one = `{"domains":["www.example.com"]}`

// everything that a data source of a language has to say.
func everything(t *testing.T, language string) *listener {
	h := &listener{T: t, language: language}
	h.failedCalls()
	h.lateAnswers()
	h.mistakesInQueries()
	h.mistakesInSettings()
	h.results()
	h.findings()
	h.sharing()
	h.signIns()
	return h
}

func (h *listener) failedCalls() {
	for name, c := range failuresByName {
		h.Run(name, func(t *testing.T) {
			inBubble(t, h.speaking(setup{
				json: map[string]any{"apiVersion": "2014-11-11"},
				api:  cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return c.fault }},
			}), func(l *lab) {
				h.askAll(l, one)
				h.check(l)
				h.list(l, "")
			})
		})
	}
	var waiting sync.WaitGroup // for what does not answer, all at once
	for name := range obstacles {
		l := h.lab(h.T, leaks[name])
		waiting.Go(func() {
			ctx, cancel := context.WithTimeout(l.Context(), 2*time.Second)
			defer cancel()
			h.ask(ctx, l, hour(one))
		})
	}
	waiting.Wait()
	l := h.lab(h.T, setup{})
	transport := &rpc.Signer{Next: http.DefaultTransport}
	l.source.template.Client = cdn.NewClient(l.source.settings.endpoint, &http.Client{Transport: transport}, noCredentials{})
	h.askAll(l, one)

	q := defaultQuery()
	q.words = l.source.words
	result := originflow.Result{Series: []originflow.Series{{Err: errors.New("boom")}}}
	for code := range 4 {
		result.Series = append(result.Series, originflow.Series{Err: &cdn.Error{Operation: flow, Code: fmt.Sprintf("New.No%d", code)}})
	}
	for i := range result.Series {
		name := fmt.Sprintf("d%d.example.com", i)
		result.Series[i].Target = originflow.Target{Name: name, Domains: []string{name}}
	}
	h.hear(response(q, originflow.DomainList{}, result, false).Error.Error())
}

func (h *listener) lateAnswers() {
	hanging := cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault { return &cdnsim.Fault{Hang: true} }}
	three := hour(`{"domains":["www.example.com","img.example.com","api.example.com"]}`)
	soon := func(l *lab) context.Context {
		ctx, cancel := context.WithTimeout(l.Context(), 200*time.Millisecond)
		l.Cleanup(cancel)
		return ctx
	}
	h.Run("late", func(t *testing.T) {
		inBubble(t, h.speaking(setup{api: hanging}), func(l *lab) { h.ask(soon(l), l, three) })
	})
	h.Run("no budget", func(t *testing.T) {
		inBubble(t, h.speaking(setup{json: map[string]any{"callsPerSecond": 1}}), func(l *lab) {
			h.ask(l.Context(), l, hour(one))
			h.ask(soon(l), l, three)
			h.ask(soon(l), l, hour(`{"domains":["img.example.com"]}`))
			ctx, cancel := context.WithTimeout(l.Context(), 1500*time.Millisecond)
			defer cancel()
			h.ask(ctx, l, three)
		})
	})
	h.Run("many", func(t *testing.T) {
		inBubble(t, h.speaking(setup{api: cdnsim.Options{Domains: cdnsim.HeavyDomains(150)}}), func(l *lab) {
			ctx, cancel := context.WithTimeout(l.Context(), 150*time.Millisecond)
			defer cancel()
			h.ask(ctx, l, hour(`{"domainMode":"all","topN":5}`))
			h.askAll(l, `{"domainMode":"all","topN":5}`, `{"domainMode":"all","topN":5,"queryType":"edgeStatus"}`)
		})
	})
	h.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := h.lab(t, setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
			cancel()
			return &cdnsim.Fault{Hang: true}
		}}})
		h.ask(ctx, l, hour(one))
	})
}

func (h *listener) mistakesInQueries() {
	l := h.lab(h.T, setup{})
	h.askAll(l, `[]`, `{"queryType":"hitRate"}`, `{"domainMode":"some"}`, `{"domains":"a.com"}`, `{"mergeDomains":"yes"}`, `{"unit":8}`,
		`{"topN":"x"}`, `{"topN":-1}`, `{"domainMode":"regex"}`, `{"domainMode":"regex","domainPattern":"$site"}`,
		`{"domains":["$site"]}`, `{"domains":["a b"]}`, `{"timeShift":"x"}`, `{"queryType":"edgeStatus","statusCodes":["x"]}`)
	for _, merge := range []bool{false, true} {
		h.askAll(l, string(mustJSON(h, map[string]any{"domains": names(maxMerged + 1), "mergeDomains": merge})))
	}
	for _, pattern := range []string{
		`*a`, `a**`, `a{2000}`, `[a`, `(a`, `a)`, `[z-a]`, `a\`, `\q`, `(?!a)`, `(?P<n`, "\xff",
		strings.Repeat("(", 1001) + strings.Repeat(")", 1001), strings.Repeat(`(xx?){1000}`, 1000),
	} {
		h.list(l, "?regex="+url.QueryEscape(pattern))
	}
}

func (h *listener) mistakesInSettings() {
	for _, json := range []map[string]any{
		{"callsPerSecond": 0, "cacheMaxMB": "x", "apiVersion": "x", "dataDelay": "y", "endpoint": "nowhere"},
		{"endpoint": "https://example.com/path", "stsEndpoint": "https://sts.example.com"},
		{"endpoint": "https://cdn.aliyuncs.com.", "stsEndpoint": "http://sts.aliyuncs.com"},
		{"authType": "ramRoleArn", "roleArn": "x", "externalId": "a b", "roleSessionName": "a b"},
		{"endpoint": "http://example.com", "sharedCacheURL": "redis://", "sharedCachePrefix": "{}"},
		{"sharedCacheURL": "http://redis"},
		{"sharedCacheURL": "redis://redis", "authType": "default"},
		{"sharedCacheURL": "redis://me:pw@redis"},
		{"tlsAuthWithCACert": true},
	} {
		l := h.lab(h.T, setup{json: json, secrets: map[string]string{"tlsCACert": "none", "accessKeyId": "id", "accessKeySecret": "secret"}})
		h.askAll(l, one)
		h.check(l)
		h.list(l, "")
	}
	h.check(h.lab(h.T, setup{secrets: map[string]string{}}))
}

// results are those with something to say of them.
func (h *listener) results() {
	l := h.lab(h.T, setup{})
	for _, m := range originflow.Metrics {
		h.askAll(l, fmt.Sprintf(`{"domains":["www.example.com"],"queryType":%q,"legendFormat":"{{metric}}"}`, m.Name))
	}
	gone := func(count int) (domains []string) {
		for i := range count {
			domains = append(domains, fmt.Sprintf("gone%d.example.com", i))
		}
		return domains
	}
	for _, domains := range [][]string{gone(7), append(gone(9), "www.example.com"), append(gone(6), "www.example.com")} {
		h.askAll(l, string(mustJSON(h, map[string]any{"domains": domains})))
	}
	h.askAll(l, `{"domains":["www.example.com","gone.example.com"],"mergeDomains":true}`, `{"domainMode":"regex","domainPattern":"^nothing"}`)
	h.ask(h.Context(), l, question{query: one, from: 10 * time.Minute})
	h.ask(h.Context(), l, question{query: `{"domains":["www.example.com"],"queryType":"originShare"}`, from: 400 * 24 * time.Hour, points: 1000})
	h.ask(h.Context(), l, question{query: one, from: 400 * 24 * time.Hour, points: 1000})
	h.askAll(h.lab(h.T, setup{api: cdnsim.Options{Domains: []cdnsim.Domain{}}}), `{"domainMode":"all"}`)
	h.askAll(h.lab(h.T, setup{api: cdnsim.Options{Denied: []string{flow}}}), `{"domains":["www.example.com"],"onForbidden":"notice"}`)
	h.askAll(h.lab(h.T, setup{api: cdnsim.Options{Fault: func(cdnsim.Call) *cdnsim.Fault {
		return &cdnsim.Fault{Edit: func(body []byte) []byte { return bytes.Replace(body, []byte(`"Value":"`), []byte(`"Value":"-`), 1) }}
	}}}), `{"domains":["www.example.com"]}`)
	hour, day := time.Hour, 24*time.Hour
	for _, limits := range []map[time.Duration]time.Duration{{5 * time.Minute: 0}, {5 * time.Minute: 0, time.Hour: 0}} {
		l := h.lab(h.T, setup{api: cdnsim.Options{SpanLimit: limits, Delay: map[time.Duration]time.Duration{hour: 0, day: 0}}})
		h.ask(h.Context(), l, question{query: `{"domains":["www.example.com"],"granularity":"5m"}`, from: 2 * day, points: 1000})
	}

	l = h.lab(h.T, late())
	h.askAll(l, one)
	l.later(5 * time.Minute)
	h.askAll(l, one)

	l = h.lab(h.T, setup{api: cdnsim.Options{Domains: cdnsim.ManyDomains(40)}, json: map[string]any{"cacheMaxMB": 1}})
	for range 2 {
		h.ask(h.Context(), l, days(30, names(20), "off"))
	}

	broken := false
	l = h.lab(h.T, setup{api: cdnsim.Options{Fault: func(call cdnsim.Call) *cdnsim.Fault {
		if broken && call.Operation == listing {
			return refused(http.StatusForbidden, "Forbidden.RAM")
		}
		return nil
	}}})
	h.askAll(l, `{"domainMode":"all"}`)
	broken = true
	l.later(6 * time.Minute)
	h.askAll(l, `{"domainMode":"all"}`)
}

// late is an API that tells what was in a slice 22 minutes after its end.
func late() setup {
	return setup{api: cdnsim.Options{Held: func(_ string, _ time.Time, age time.Duration, final int64) (int64, bool) {
		return final, age >= 22*time.Minute
	}}}
}

// findings are those of the health check, but for failures.
func (h *listener) findings() {
	uncounted := func(call cdnsim.Call) *cdnsim.Fault {
		if call.Operation != listing {
			return nil
		}
		return &cdnsim.Fault{Edit: func(body []byte) []byte {
			return bytes.Replace(body, []byte("TotalCount"), []byte("Count"), 1)
		}}
	}
	for _, s := range []setup{
		{},
		{ahead: 14 * time.Minute},
		{ahead: -90 * time.Minute},
		{api: cdnsim.Options{Denied: []string{listing}}},
		{api: cdnsim.Options{Denied: []string{"DescribeDomainTrafficData"}}},
		{api: cdnsim.Options{Domains: cdnsim.DemoDomains()[:1]}},
		{api: cdnsim.Options{Domains: []cdnsim.Domain{}}},
		{api: cdnsim.Options{Retired: true}},
		{api: cdnsim.Options{Fault: uncounted}},
	} {
		h.check(h.lab(h.T, s))
	}
	l := h.lab(h.T, late())
	for range 12 {
		h.askAll(l, one)
		l.later(5 * time.Minute)
	}
	h.check(l)
}

// sharing is how a shared cache does.
func (h *listener) sharing() {
	w := locales.Languages[h.language]
	for trouble := range troubles {
		for _, notice := range alone(h.T, w, trouble, false) {
			h.hear(notice.Text)
		}
		_, details := sharingFindings(w, &sharedcache.State{Trouble: trouble})
		h.hear(details...)
	}
	for replicas := range 3 {
		_, details := sharingFindings(w, &sharedcache.State{Replicas: replicas})
		h.hear(details...)
	}
}

// signIns are the ways not to be signed in, one of each kind: first, and all at once, those that need no environment, as
// some are tried again for seconds.
func (h *listener) signIns() {
	heard := map[sts.Kind]bool{}
	for _, inEnvironment := range []bool{false, true} {
		var waiting sync.WaitGroup
		for _, name := range slices.Sorted(maps.Keys(findings)) {
			c := findings[name]
			if heard[c.kind] || inEnvironment != (c.env != nil) {
				continue
			}
			heard[c.kind] = true
			ask := func() {
				h.Run(name, func(t *testing.T) {
					c.json = maps.Clone(c.json)
					c.json["language"] = h.language
					i := c.identities(t)
					h.ask(i.Context(), i.lab, i.fresh())
				})
			}
			if inEnvironment {
				ask()
			} else {
				waiting.Go(ask)
			}
		}
		waiting.Wait()
	}
	h.Run("as the server", func(t *testing.T) {
		i := newIdentities(t, signIn{json: map[string]any{"authType": "default", "language": h.language}, refused: true})
		h.askAll(i.lab, one)
		h.check(i.lab)
	})
}

// neverSaid are sentences that no data source of the language comes to say.
var neverSaid = map[string][]string{
	// Where the settings are no object, neither is there a language.
	"zh-Hans": {"settings.noObject"},
	"en-US":   {"settings.noObject"},
}

// requireAllSaid asserts that the listener has heard every sentence of the catalogue.
func (h *listener) requireAllSaid() {
	for key, forms := range catalogue(h.T, h.language) {
		if slices.Contains(neverSaid[h.language], key) {
			continue
		}
		said := ""
		for _, text := range forms {
			parts := hole.Split(text, -1)
			for i, part := range parts {
				parts[i] = regexp.QuoteMeta(part)
			}
			said += "|" + strings.Join(parts, `(?s:.+)`)
		}
		pattern := regexp.MustCompile(said[1:])
		assert.True(h, slices.ContainsFunc(h.heard, pattern.MatchString), "%s was not said: %s", key, pattern)
	}
}

func TestADataSourceSaysEverythingInItsLanguage(t *testing.T) {
	t.Run("en-US", func(t *testing.T) {
		h := everything(t, "en-US")
		h.requireAllSaid()
		for _, text := range h.heard {
			assert.NotRegexp(t, `[\p{Han}，。：、（）]`, text)
		}
	})
	t.Run("zh-Hans", func(t *testing.T) {
		h := everything(t, "zh-Hans")
		h.requireAllSaid()
		known := sameInAll(t)
		for _, text := range h.heard {
			assert.Empty(t, wordsIn(text, known), text)
		}
	})
}

// quotation is what a user wrote, in an error about it.
var quotation = regexp.MustCompile("(?s)\"(\\\\.|[^\"])*\"|`[^`]*`")

// codes are what belongs to one call.
var codes = regexp.MustCompile(`（[\w.-]+(、RequestId [\w-]+)?）`)

// wordsIn are the words of a text that are English and not known. What has a capital, a digit or a mark within is a name.
func wordsIn(text string, known []string) (found []string) {
	text = codes.ReplaceAllString(quotation.ReplaceAllString(text, ""), "")
	for _, token := range regexp.MustCompile(`[A-Za-z0-9_.:/*^$@{}\\-]+`).FindAllString(text, -1) {
		if regexp.MustCompile(`^[A-Z]?[a-z]{2,}$`).MatchString(token) && !slices.Contains(known, token) {
			found = append(found, token)
		}
	}
	return found
}

// sameInAll are the names that are the same in every language: those of fields, of their values, and of products.
func sameInAll(t *testing.T) []string {
	t.Helper()
	known := []string{
		"Grafana", "Secret", "Perl", "https", "img", "Kubernetes", "Pod", "Principal", "Federated", "plugins", "grafana", "Teapot",
		"Redis", "Valkey", "maxmemory",
	}
	for _, c := range []struct {
		model  any
		values fields
	}{{queryModel{}, queryValues}, {settings{}, settingValues}} {
		for field := range goFields(c.model, nil) {
			known = append(known, field)
		}
		for _, values := range c.values {
			known = append(known, values...)
		}
	}
	return append(known, "regex") // the parameter of the list of domains
}

func TestEnglishInAChineseSentenceIsFound(t *testing.T) {
	known := sameInAll(t)
	for text, want := range map[string][]string{
		`RAM 用户无权调用 DescribeDomainSrcFlowData。请授予权限 cdn:DescribeDomainSrcFlowData。（Forbidden.RAM，RequestId A666D44F-19D6）`: nil,
		`domains："$site or other" 是未被替换的变量；请使用 domainMode 的 regex 或 all`:                                                   nil,
		`www.example.com: The domain is offline`: {"The", "domain", "is", "offline"},
		`查询 failed`:                              {"failed"},
		`时间片长 1 hour，比请求的长`:                      {"hour"},
	} {
		assert.Equal(t, want, wordsIn(text, known), text)
	}
}

func TestAnUnknownLanguageIsAMistakeToldInEnglish(t *testing.T) {
	l := newLab(t, setup{json: map[string]any{"language": "fr-FR"}})
	response := l.ask(hour(one))
	assert.EqualError(t, response.Error, `language: "fr-FR" is not one of en-US, zh-Hans`)
	_, message, details := l.health()
	assert.Equal(t, "The settings are not complete.", message)
	assert.Equal(t, `language: "fr-FR" is not one of en-US, zh-Hans`, details)
}

func TestSentencesAreGoodChinese(t *testing.T) {
	h := &listener{T: t, language: "zh-Hans"}
	l := h.lab(t, setup{api: cdnsim.Options{Denied: []string{"DescribeDomainTrafficData"}}, ahead: -90 * time.Minute})
	_, message, details := l.health()
	assert.Equal(t, "认证成功。共 12 个域名，回源流量的最终数据截至 2024-05-15 10:20 UTC。无法读取：边缘流量、字节命中率、回源率，详见下文。", message)
	assert.Equal(t, `回源流量：DescribeDomainSrcFlowData（2014-11-11）有应答，最终数据截至 2024-05-15 10:20 UTC。
可以读取的指标：回源流量、回源请求数、边缘请求数、回源状态码、边缘状态码、请求命中率。
无法读取边缘流量、字节命中率、回源率：RAM 用户无权调用 DescribeDomainTrafficData。请授予系统策略 AliyunCDNReadOnlyAccess，或至少授予权限 cdn:DescribeDomainTrafficData。（Forbidden.RAM、RequestId `+sampleRequestID+`）
域名：DescribeUserDomains 列出 12 个。
时钟：Grafana 服务器比 API 快 1 小时 30 分 0 秒。15 分钟以内的偏差会计算在内；请校准时钟，最好使用 NTP。
RAM 策略缺少的语句：{"Effect":"Allow","Action":["cdn:DescribeDomainTrafficData"],"Resource":"acs:cdn:*:*:*"}`, details)

	l = h.lab(t, setup{})
	response := l.ask(hour(string(mustJSON(t, map[string]any{"domains": []string{
		"a.example.com", "b.example.com", "c.example.com", "d.example.com", "e.example.com", "f.example.com", "g.example.com",
	}}))))
	assert.EqualError(t, response.Error, "a.example.com、b.example.com、c.example.com、d.example.com、e.example.com 以及另外 2 个："+
		"该域名不是此账号的加速域名。请在 CDN 控制台核对其名称。（InvalidDomain.NotFound、RequestId "+sampleRequestID+"）")
}
