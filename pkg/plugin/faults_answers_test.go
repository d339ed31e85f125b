package plugin

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// unread is what is told of values that make no sense; a slice without any is a gap, which tells itself.
const unread = "that nobody can read"

// oldList is what is told where the list of domains cannot be had anew.
const oldList = "The list of domains is that of"

// Views of rows that want only some.
var (
	patterns = []string{"pattern"}
	flows    = []string{"flow", "old"}
	live     = []string{"flow", "codes", "ratio", "pattern"}
	apart    = []string{"flow", "codes", "ratio", "old"} // with no two that one call answers, as its answer is told of but once
)

// onALivePanel is how long what the API did not tell of a live panel's slices may be missing once it does.
const onALivePanel = 5 * time.Minute

// atTheNextLook is how long what nobody could read may be missing where no live panel looks.
const atTheNextLook = time.Hour + time.Minute

// faultsOfAnswers are those of when an answer comes, and of what it is as a whole.
var faultsOfAnswers = map[string]fault{
	"an answer at once":          {answers: after(0), harmless: true},
	"an answer after 1 second":   {answers: after(time.Second), harmless: true},
	"an answer after 10 seconds": {answers: after(10 * time.Second), harmless: true},
	"an answer after 60 seconds": {answers: after(60 * time.Second), says: tryAgain},

	"an empty answer":             {answers: with(200, ""), says: aStranger},
	"white space":                 {answers: with(200, "\r\n"), says: aStranger},
	"an empty object":             {answers: with(200, "{}"), says: aStranger},
	"null":                        {answers: with(200, "null"), says: aStranger},
	"half an answer":              {answers: edited(func(b []byte) []byte { return b[:len(b)/2] }), says: aStranger},
	"an answer without its end":   {answers: edited(func(b []byte) []byte { return b[:len(b)-1] }), says: aStranger},
	"an answer twice":             {answers: edited(func(b []byte) []byte { return append(b, b...) }), says: aStranger},
	"XML":                         {answers: with(200, `<?xml version="1.0"?><DescribeResponse><DataInterval>300</DataInterval></DescribeResponse>`), says: aStranger},
	"the page of a hotel's WiFi":  {answers: with(200, "<!DOCTYPE html><html><body>Sign in, "+telling+"</body></html>"), says: aStranger},
	"a page under 403":            {answers: with(403, "<html>"+telling), says: aStranger},
	"a page under 404":            {answers: with(404, "<html>"+telling), says: aStranger},
	"a page under 502":            {answers: with(502, "<html>"+telling), says: later},
	"a redirect to a page":        {answers: with(302, "<html>"+telling), says: aStranger},
	"an answer of another API":    {answers: with(200, `{"status":"ok","data":[]}`), says: aStranger},
	"100 MB of white space":       {views: flows, answers: endless(" "), says: aStranger},
	"100 MB of points":            {views: flows, answers: endless(`{"TimeStamp":"2024-05-15T11:00:00Z","Value":"1"},`), says: aStranger},
	"100 MB of nesting":           {views: flows, answers: endless("["), says: aStranger},
	"gzip, as declared":           {answers: zipped(true), harmless: true},
	"gzip, not declared":          {answers: zipped(false), says: aStranger},
	"gzip, cut":                   {answers: headed("gzip", func(b []byte) []byte { z := zip(b); return z[:len(z)/2] }), says: reachIt},
	"gzip, declared and not done": {answers: headed("gzip", func(b []byte) []byte { return b }), says: reachIt},
	"a bomb of gzip":              {views: flows, answers: headed("gzip", func([]byte) []byte { return bomb() }), says: aStranger},
	"an encoding nobody asked":    {answers: headed("br", zip), says: aStranger},
	"UTF-16":                      {answers: edited(func(b []byte) []byte { return utf16Of(string(b)) }), says: aStranger},
	"UTF-8 with a mark":           {answers: edited(func(b []byte) []byte { return append([]byte("\ufeff"), b...) }), says: aStranger},
	"GBK in what is not read":     {answers: replaced(`"RequestId":"[^"]*"`, "\"RequestId\":\"\xb2\xe2\xca\xd4\""), harmless: true},

	"a list that is a page":      {on: theList, views: patterns, answers: with(200, "<html>"+telling), says: oldList},
	"a list that is empty":       {on: theList, views: patterns, answers: with(200, ""), says: oldList},
	"a list that is cut":         {on: theList, views: patterns, answers: edited(func(b []byte) []byte { return b[:len(b)/2] }), says: oldList},
	"a list of wrong types":      {on: theList, views: patterns, answers: replaced(`"TotalCount":\d+`, `"TotalCount":"many"`), says: oldList},
	"a list that is not allowed": {on: theList, views: patterns, answers: forbidding, says: grantPolicy},
	"a list that never comes":    {on: theList, views: patterns, answers: func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }, says: tryAgain},
}

// value is what a slice holds.
const value = `"(Value|AccValue|Count)":"[^"]*"`

// faultsOfContents are those of what an answer holds.
func faultsOfContents() map[string]fault {
	const stamp = `"TimeStamp":"[^"]*"`
	rows := map[string]fault{
		"points twice":                         {answers: replaced(`\{"TimeStamp":"[^{}]*(\{"CodeProportionData":\[[^\]]*\]\})?[^{}]*\}`, "$0,$0"), harmless: true},
		"slices missing":                       {answers: replacedOnce(stamp, `"TimeStamp":""`), views: live, heals: onALivePanel},
		"all slices missing":                   {answers: replaced(`"(DataModule|UsageData)":\[.*\]`, `"$1":[]`), views: live, heals: onALivePanel},
		"no container":                         {answers: replaced(`"[A-Za-z]*":\{"(DataModule|UsageData)":\[.*\]\}`, `"Nothing":0`), views: live, heals: onALivePanel},
		"numbers as numbers":                   {answers: replaced(`"(Value|AccValue|Count)":"([^"]*)"`, `"$1":$2`), harmless: true},
		"lists for values":                     {answers: replaced(value, `"$1":["1"]`), says: aStranger},
		"objects for values":                   {answers: replaced(value, `"$1":{"a":1}`), says: aStranger},
		"booleans for values":                  {answers: replaced(value, `"$1":true`), says: aStranger},
		"a text for the points":                {answers: replaced(`"(DataModule|UsageData)":\[.*\]`, `"$1":"none"`), says: aStranger},
		"numbers for times":                    {answers: replaced(stamp, `"TimeStamp":1715774400`), says: aStranger},
		"times of another zone":                {answers: replaced(`"TimeStamp":"([^"]*)Z"`, `"TimeStamp":"$1+08:00"`), says: aStranger},
		"times in the future":                  {answers: shifted(100 * 24 * time.Hour), says: aStranger},
		"times of the year 9999":               {answers: replaced(`"TimeStamp":"\d+`, `"TimeStamp":"9999`), says: aStranger},
		"times before the range":               {answers: shifted(-100 * 24 * time.Hour), says: aStranger},
		"an interval that is another":          {answers: replaced(`"DataInterval":"300"`, `"DataInterval":"3600"`), harmless: true},
		"an interval nobody can read":          {answers: replaced(`"DataInterval":"300"`, `"DataInterval":"soon"`), harmless: true},
		"another domain's data":                {answers: ofAnotherDomain(well), says: aStranger},
		"another domain's data, as of several": {answers: renamed(sick + "," + well), says: aStranger},
		"an answer that names nobody":          {answers: replaced(`"DomainName":"[^"]*",`, ``), harmless: true},
		"an answer in capital letters":         {answers: renamed(strings.ToUpper(sick)), harmless: true},
		"a slice twice, and different": {
			answers: replacedOnce(`\{("TimeStamp":"[^"]*"),`, `{$1,"Value":"7","AccValue":"7"},{$1,`), says: unread, views: apart, heals: atTheNextLook,
		},
	}
	for name, bad := range map[string]string{
		"negative": `"-1"`, "1e308": `"1e308"`, "2^63": `"9223372036854775808"`, "-1 without a sign": `"18446744073709551615"`, "NaN": `"NaN"`,
		"Infinity": `"Infinity"`, "a text": `"none"`, "GBK": "\"\xce\xde\"",
	} {
		rows["all values "+name] = fault{answers: replaced(value, `"$1":`+bad), says: aStranger}
		rows["one value "+name] = fault{answers: oneValue(bad), says: unread, views: apart, heals: atTheNextLook}
	}
	for _, member := range []string{"RequestId", "DomainName", "StartTime", "EndTime", "DataInterval"} {
		rows["null for "+member] = fault{answers: replaced(`"`+member+`":"[^"]*"`, `"`+member+`":null`), harmless: true}
	}
	for member, pattern := range map[string]string{
		"TimeStamp": stamp, "values": `"(Value|AccValue)":"[^"]*"`, "the points": `"(DataModule|UsageData)":\[.*\]`,
		"the container": `"([A-Za-z]*)":\{"(DataModule|UsageData)":\[.*\]\}`,
	} {
		with := `"$1":null`
		if member == "TimeStamp" {
			with = `"TimeStamp":null`
		}
		rows["null for "+member] = fault{answers: replaced(pattern, with), views: live, heals: onALivePanel}
	}
	for _, member := range []string{"Count", "Code"} {
		rows["null for "+member] = fault{views: []string{"codes"}, answers: replaced(`"`+member+`":"[^"]*"`, `"`+member+`":null`), says: aStranger}
	}
	return rows
}

// faultsOfTheWorld are those of the API as a whole, and of clocks.
var faultsOfTheWorld = map[string]fault{
	"throttled for ever, one domain": {answers: refusingWith(400, "Throttling.User"), says: fewerCalls},
	"throttled for ever":             {on: everybody, answers: refusingWith(503, "Throttling"), says: fewerCalls},
	"throttled in bursts":            {on: everybody, answers: inBursts(), harmless: true},
	"throttled by a gateway":         {on: everybody, answers: with(429, "slow down, "+telling), says: fewerCalls},
	"the operation is retired": {harmless: true, begins: func(w *ward) func() {
		w.sim.Change(func(o *cdnsim.Options) { o.Retired = true })
		return func() { w.sim.Change(func(o *cdnsim.Options) { o.Retired = false }) }
	}},
	"a shorter history": {on: everybody, says: "has no older data than", views: []string{"old"}, heals: time.Hour, begins: func(w *ward) func() {
		w.sim.Change(func(o *cdnsim.Options) { o.History = 3 * 24 * time.Hour })
		return func() { w.sim.Change(func(o *cdnsim.Options) { o.History = 0 }) }
	}},
	"the permission is withdrawn": {on: everybody, says: grantPolicy, heals: time.Minute, answers: forbidding},
	"our clock an hour forward":   {harmless: true, begins: steps(time.Hour, 0)},
	"our clock an hour back":      {harmless: true, begins: steps(-time.Hour, 0)},
	"the API's an hour forward":   {harmless: true, begins: steps(0, time.Hour)},
	// Too early a guess at the API's time is put right by the next call, and none is made for what is not final by it.
	"the API's an hour back":      {says: "No data is final yet", views: live, begins: steps(0, -time.Hour), heals: time.Hour},
	"both clocks an hour forward": {harmless: true, begins: steps(time.Hour, time.Hour)},
	"both clocks an hour back":    {harmless: true, begins: steps(-time.Hour, -time.Hour), heals: time.Hour},
	"signatures an hour off": {on: everybody, says: setTheClock, begins: func(w *ward) func() {
		clock := func(ahead time.Duration) func(*cdnsim.Options) {
			return func(o *cdnsim.Options) { o.SigningClock = func() time.Time { return time.Now().Add(ahead) } }
		}
		w.sim.Change(clock(time.Hour))
		return func() { w.sim.Change(clock(0)) }
	}},
}

// steps sets our wall clock, and the API's.
func steps(ours, theirs time.Duration) func(*ward) func() {
	return func(w *ward) func() {
		w.setBy.Store(int64(ours))
		w.ahead.Store(int64(theirs))
		return func() {
			w.setBy.Store(0)
			w.ahead.Store(0)
		}
	}
}

// inBursts throttles each call twice, and serves it then.
func inBursts() answers {
	var mu sync.Mutex
	tries := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request, api http.Handler) {
		query := r.URL.Query()
		mu.Lock()
		call := query.Get("Action") + query.Get("DomainName") + query.Get("StartTime") + query.Get("EndTime")
		tries[call]++
		served := tries[call] > 2
		mu.Unlock()
		if !served {
			refusingWith(503, "Throttling")(w, r, api)
			return
		}
		api.ServeHTTP(w, r)
	}
}

// refusingWith answers as the API refuses, in words that nobody may see.
func refusingWith(status int, code string) answers {
	return with(status, `{"RequestId":"R-1","HostId":"cdn.aliyuncs.com","Code":"`+code+`","Message":"Specified `+telling+`","Recommend":"`+telling+`"}`)
}

var forbidding = refusingWith(403, "Forbidden.RAM")

// with answers with a text.
func with(status int, body string) answers {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// after answers late.
func after(pause time.Duration) answers {
	return func(w http.ResponseWriter, r *http.Request, api http.Handler) {
		select {
		case <-time.After(pause):
			api.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// untouched is the header of an answer that was to be changed and had nothing to change.
const untouched = "Untouched"

// headed changes the bytes of the API's answer, and says how they are encoded, if at all.
func headed(encoding string, edit func([]byte) []byte) answers {
	return func(w http.ResponseWriter, r *http.Request, api http.Handler) {
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		changed := edit(bytes.Clone(answer.Body.Bytes()))
		if encoding == "" && bytes.Equal(changed, answer.Body.Bytes()) {
			w.Header().Set(untouched, "yes")
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(changed)
	}
}

func edited(edit func([]byte) []byte) answers { return headed("", edit) }

// replaced writes something else for what matches, $1 being what the first parentheses matched, $0 all of it.
func replaced(pattern, with string) answers {
	old := regexp.MustCompile(pattern)
	return edited(func(b []byte) []byte { return old.ReplaceAll(b, []byte(with)) })
}

// replacedOnce does so for the first match in the second point: the first is of the slice that begins at EndTime.
func replacedOnce(pattern, with string) answers {
	old := regexp.MustCompile(pattern)
	return edited(func(b []byte) []byte { return replaceOnce(old, b, with) })
}

// secondPoint is where it begins, that is 0 where there is none.
func secondPoint(b []byte) int {
	stamp := []byte(`{"TimeStamp"`)
	first := bytes.Index(b, stamp) + 1
	return max(0, first+bytes.Index(b[first:], stamp))
}

func replaceOnce(old *regexp.Regexp, b []byte, with string) []byte {
	head, b := b[:secondPoint(b)], b[secondPoint(b):]
	at := old.FindSubmatchIndex(b)
	if at == nil {
		return append(head, b...)
	}
	return bytes.Join([][]byte{head, b[:at[0]], old.Expand(nil, []byte(with), b, at), b[at[1]:]}, nil)
}

// oneValue spoils the first value of each kind.
func oneValue(bad string) answers {
	return edited(func(b []byte) []byte {
		for _, name := range []string{"Value", "AccValue", "Count"} {
			b = replaceOnce(regexp.MustCompile(`"`+name+`":"[^"]*"`), b, `"`+name+`":`+bad)
		}
		return b
	})
}

// shifted moves the time stamps.
func shifted(by time.Duration) answers {
	old := regexp.MustCompile(`"TimeStamp":"([^"]*)"`)
	return edited(func(b []byte) []byte {
		return old.ReplaceAllFunc(b, func(match []byte) []byte {
			at, err := time.Parse(time.RFC3339, string(old.FindSubmatch(match)[1]))
			if err != nil {
				return match
			}
			return []byte(`"TimeStamp":"` + at.Add(by).Format(time.RFC3339) + `"`)
		})
	})
}

func renamed(name string) answers { return replaced(`"DomainName":"[^"]*"`, `"DomainName":"`+name+`"`) }

// ofAnotherDomain answers a call with what was answered to one about another domain of late, as a cache does that looks at too
// little of a URL.
func ofAnotherDomain(name string) answers {
	return func(w http.ResponseWriter, r *http.Request, api http.Handler) {
		headed("", func(b []byte) []byte {
			body := regexp.MustCompile(`"DomainName":"[^"]*"`).ReplaceAll(b, []byte(`"DomainName":"`+name+`"`))
			return regexp.MustCompile(value).ReplaceAll(body, []byte(`"$1":"7"`))
		})(w, r, api)
	}
}

// endless begins an answer that goes on and on, up to 100 MB.
func endless(text string) answers {
	megabyte := []byte(strings.Repeat(text, 1<<20/len(text)))
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		_, err := io.WriteString(w, `{"RequestId":"1","SrcFlowDataPerInterval":{"DataModule":[`)
		for i := 0; i < 100 && err == nil; i++ {
			_, err = w.Write(megabyte)
		}
	}
}

func zipped(declared bool) answers {
	if declared {
		return headed("gzip", zip)
	}
	return edited(zip)
}

func zip(b []byte) []byte {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(b)
	_ = w.Close()
	return zipped.Bytes()
}

// bomb is 100 KB that unfold to 100 MB.
var bomb = sync.OnceValue(func() []byte { return bytes.Repeat(zip(bytes.Repeat([]byte(" "), 1<<20)), 100) })

func utf16Of(text string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}
