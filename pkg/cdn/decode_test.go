package cdn

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The file holds the sample answer of the operation's reference page, byte for byte.
func TestTheSampleOfTheReferencePageIsRead(t *testing.T) {
	body, err := os.ReadFile("testdata/DescribeDomainSrcFlowData.json")
	require.NoError(t, err)
	flow, err := originFlow.decode(body)
	require.NoError(t, err)

	eight := time.Date(2015, 12, 10, 20, 0, 0, 0, time.UTC)
	at := func(minute int, value float64) Point {
		return Point{Start: eight.Add(time.Duration(minute) * time.Minute).Unix(), Value: value}
	}
	assert.Equal(t, Answer{
		RequestID:  "A666D44F-19D6-490E-97CF-1A64AB962C57",
		DomainName: "test.com",
		Interval:   5 * time.Minute,
		Points: []Point{
			at(60, 0), at(35, 0), at(50, 33886), at(5, 0), at(10, 0), at(55, 0), at(30, 0),
			at(25, 0), at(0, 0), at(40, 0), at(15, 0), at(45, 0), at(20, 0),
		},
	}, flow)
}

const noon = 1715774400 // 2024-05-15T12:00Z

// answerBodies are answers and the points they hold, how many more cannot be read, or that they are refused. They also seed
// the fuzzing.
var answerBodies = map[string]struct {
	body       string
	points     []Point
	unreadable int
	fails      bool
}{
	"no container":                   {body: `{"RequestId":"1"}`},
	"container null":                 {body: `{"RequestId":"1","SrcFlowDataPerInterval":null}`},
	"container []":                   {body: `{"RequestId":"1","SrcFlowDataPerInterval":[]}`},
	"container {}":                   {body: `{"RequestId":"1","SrcFlowDataPerInterval":{}}`},
	"container empty text":           {body: `{"RequestId":"1","SrcFlowDataPerInterval":""}`},
	"points null":                    {body: `{"SrcFlowDataPerInterval":{"DataModule":null}}`},
	"points []":                      {body: `{"SrcFlowDataPerInterval":{"DataModule":[ ]}}`},
	"points {}":                      {body: `{"SrcFlowDataPerInterval":{"DataModule":{}}}`},
	"a point without members":        {body: `{"SrcFlowDataPerInterval":{"DataModule":[{},null]}}`},
	"container full of text":         {body: `{"SrcFlowDataPerInterval":"none"}`, fails: true},
	"container a number":             {body: `{"SrcFlowDataPerInterval":0}`, fails: true},
	"container a list with an item":  {body: `{"SrcFlowDataPerInterval":[1]}`, fails: true},
	"points with a member":           {body: `{"SrcFlowDataPerInterval":{"DataModule":{"Value":"1"}}}`, fails: true},
	"an interval alone":              {body: `{"DataInterval":300}`},
	"interval null":                  {body: `{"RequestId":"1","DataInterval":null}`},
	"an interval alone, not said":    {body: `{"DataInterval":"5m"}`, fails: true},
	"interval twice, then not said":  {body: `{"DataInterval":300,"DataInterval":"x"}`},
	"a RequestId that is a list":     {body: `{"DataInterval":300,"RequestId":["1"]}`},
	"nothing":                        {body: ``, fails: true},
	"white space":                    {body: " \n", fails: true},
	"null":                           {body: `null`, fails: true},
	"an empty object":                {body: `{}`, fails: true},
	"a list":                         {body: `[]`, fails: true},
	"a Code":                         {body: `{"RequestId":"1","Code":"Throttling"}`, fails: true},
	"an empty Code":                  {body: `{"RequestId":"1","Code":""}`},
	"white space everywhere":         {body: " {\r\n\t\"RequestId\" : \"1\" , \"SrcFlowDataPerInterval\" :{ \"DataModule\": [ { \"TimeStamp\" :\"2024-05-15T12:00Z\" ,\"Value\": \"1\" } , {\"Value\" : 2,\"TimeStamp\":\"2024-05-15T12:05Z\"}]}} \n", points: []Point{{noon, 1}, {noon + 300, 2}}},
	"escapes in keys and values":     {body: `{"SrcFlowD\u0061taPerInterval":{"DataModul\u0065":[{"\u0054imeStamp":"2024\u002d05-15T12:00Z","Value":"\u0031"}]}}`, points: []Point{{noon, 1}}},
	"unknown members of all types":   {body: `{"a":{"b":[1,true,null,"\"",{"c":[]}],"d":-1.5e+3},"SrcTrafficDataPerInterval":{"Other":[{}],"DataModule":[{"HttpsValue":{"x":"}"},"TimeStamp":"2024-05-15T12:00Z","Value":"1"}]}}`, points: []Point{{noon, 1}}},
	"both containers":                {body: `{"SrcTrafficDataPerInterval":{"DataModule":[{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}]},"SrcFlowDataPerInterval":{"DataModule":[]}}`, points: []Point{{noon, 1}}},
	"a key of another case":          {body: `{"RequestId":"1","srcflowdataperinterval":{"DataModule":[{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}]}}`},
	"a slice twice":                  {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}`), points: []Point{{noon, 1}, {noon, 1}}},
	"a point in the wrong order":     {body: points(`{"Value":"1","TimeStamp":"2024-05-15T12:00Z"},{"Value":"2","TimeStamp":"2024-05-15T12:05Z"}`), points: []Point{{noon, 1}, {noon + 300, 2}}},
	"a member that varies":           {body: points(`{"TimeStamp":"2024-05-15T12:00Z","HttpsValue":"1","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","HttpsValue":"2","Value":"2"}`), points: []Point{{noon, 1}, {noon + 300, 2}}},
	"a value given twice":            {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1","Value":"2"},{"TimeStamp":"2024-05-15T12:05Z","Value":"1","Value":"3"}`), points: []Point{{noon, 2}, {noon + 300, 3}}},
	"unlike the first":               {body: points(`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","Value":"2"}, {"TimeStamp":"2024-05-15T12:10:00Z","Value":3},{"TimeStamp":"2024-05-15T12:15:00Z","Value":"4"}`), points: []Point{{noon, 1}, {noon + 300, 2}, {noon + 600, 3}, {noon + 900, 4}}},
	"without values between":         {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","Value":""},{"TimeStamp":"2024-05-15T12:10Z","Value":null},{"TimeStamp":"2024-05-15T12:15Z"},{"TimeStamp":"2024-05-15T12:20Z","Value":"5"}`), points: []Point{{noon, 1}, {noon + 1200, 5}}},
	"without a time stamp":           {body: points(`{"Value":"1"},{"TimeStamp":"","Value":"1"},{"TimeStamp":null,"Value":"1"}`)},
	"white space around all":         {body: points(`{"TimeStamp":" 2024-05-15T12:00Z\n","Value":" 1"},{"TimeStamp":"2024-05-15T12:05Z ","Value":"\t2\u00a0"},{"TimeStamp":" 2024-05-15T12:10Z","Value":" 3"}`), points: []Point{{noon, 1}, {noon + 300, 2}, {noon + 600, 3}}},
	"nothing but white space":        {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":" "},{"TimeStamp":"\n","Value":"1"}`)},
	"odd values among good ones":     {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","Value":"-1"},{"TimeStamp":"2024-05-15T12:10Z","Value":"NaN"},{"TimeStamp":"2024-05-15T12:15Z","Value":"Infinity"},{"TimeStamp":"2024-05-15T12:20Z","Value":"none"},{"TimeStamp":"2024-05-15T12:25Z","Value":false},{"TimeStamp":"2024-05-15T12:30Z","Value":{"a":1}},{"TimeStamp":"2024-05-15T12:35Z","Value":["1"]},{"TimeStamp":"2024-05-15T12:40Z","Value":-1e3},{"TimeStamp":"2024-05-15T12:45Z","Value":1e999},{"TimeStamp":"2024-05-15T12:50Z","Value":"2"}`), points: []Point{{noon, 1}, {noon + 3000, 2}}, unreadable: 9},
	"odd times among good ones":      {body: points(`{"TimeStamp":"2024-05-15T1x:00Z","Value":"1"},{"TimeStamp":1715774400,"Value":"1"},{"TimeStamp":["2024-05-15T12:00Z"],"Value":"1"},{"TimeStamp":{"a":1},"Value":"1"},{"TimeStamp":true,"Value":"1"},{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}`), points: []Point{{noon, 1}}, unreadable: 5},
	"odd points among good ones":     {body: points(`"2024-05-15T12:00Z",1,["x"],true,null,[],"",{},{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}`), points: []Point{{noon, 1}}, unreadable: 4},
	"an odd value that is replaced":  {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":[["1"]],"Value":"1"}`), points: []Point{{noon, 1}}},
	"empty lists in place of values": {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":[ ]},{"TimeStamp":{},"Value":"1"}`)},
	"odd values alone":               {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"-1"},{"TimeStamp":"2024-05-15T12:05Z","Value":["1"]}`), fails: true},
	"an odd value beside none":       {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"-1"},{"TimeStamp":"2024-05-15T12:05Z","Value":""}`), fails: true},
	"an odd value without a time":    {body: points(`{"Value":"-1"}`)},
	"an odd value that is no JSON":   {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","Value":NaN}`), fails: true},
	"an odd value cut off":           {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},{"TimeStamp":"2024-05-15T12:05Z","Value":["1"}`), fails: true},
	"a number with a leading zero":   {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":1},{"TimeStamp":"2024-05-15T12:05Z","Value":01}`), fails: true},
	"a point that is text":           {body: points(`"2024-05-15T12:00Z"`), fails: true},
	"no comma between points":        {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}{"TimeStamp":"2024-05-15T12:05Z","Value":"1"}`), fails: true},
	"a comma too many in a list":     {body: points(`{"TimeStamp":"2024-05-15T12:00Z","Value":"1"},`), fails: true},
	"a comma too many in an object":  {body: `{"RequestId":"1",}`, fails: true},
	"garbage behind":                 {body: `{"RequestId":"1"} x`, fails: true},
	"a NUL behind":                   {body: "{\"RequestId\":\"1\"}\x00", fails: true},
	"another value behind":           {body: `{"RequestId":"1"}{"RequestId":"1"}`, fails: true},
	"a control character in text":    {body: "{\"RequestId\":\"1\",\"a\":\"\n\"}", fails: true},
	"one behind an escape":           {body: "{\"RequestId\":\"1\",\"a\":\"\\\\\n\"}", fails: true},
	"an escape that is none":         {body: `{"RequestId":"1","a":"\x"}`, fails: true},
	"text without an end":            {body: `{"RequestId":"1","a":"\"}`, fails: true},
	"a word that is none":            {body: `{"RequestId":"1","a":nil}`, fails: true},
	"a number that is none":          {body: `{"RequestId":"1","a":1.}`, fails: true},
	"a byte order mark":              {body: "\ufeff{\"RequestId\":\"1\"}", fails: true},
	"nested within reason":           {body: `{"RequestId":"1","a":` + nested(30) + `}`},
	"nested beyond reason":           {body: `{"RequestId":"1","a":` + nested(100_000) + `}`, fails: true},
}

func points(list string) string { return `{"SrcFlowDataPerInterval":{"DataModule":[` + list + `]}}` }

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func TestAnswersAreReadOrRefused(t *testing.T) {
	for name, c := range answerBodies {
		t.Run(name, func(t *testing.T) {
			flow, err := originFlow.decode([]byte(c.body))
			if c.fails {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, append([]Point{}, c.points...), append([]Point{}, flow.Points...))
			assert.Equal(t, c.unreadable, flow.Unreadable)
		})
	}
}

func TestAnIntervalIsAWholeNumberOfSecondsOrNotSaid(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`300`: 5 * time.Minute, `"300"`: 5 * time.Minute, `" 3600 "`: time.Hour, `31622400`: 366 * 24 * time.Hour,
		`0`: 0, `"0"`: 0, `-300`: 0, `"-300"`: 0, `""`: 0, `" "`: 0, `null`: 0, `"5m"`: 0, `300.5`: 0, `true`: 0,
		`[300]`: 0, `{"Seconds":300}`: 0, `[]`: 0, `"31622401"`: 0, `"99999999999999999999"`: 0,
	} {
		flow, err := originFlow.decode([]byte(`{"DataInterval":` + text + `,"SrcFlowDataPerInterval":{"DataModule":[]}}`))
		require.NoError(t, err, text)
		assert.Equal(t, want, flow.Interval, text)
	}
}

// A window of a day that one slice cost would be asked for again and again, and shown with an error for as long.
func TestOneOddValueCostsItsOwnSliceOnly(t *testing.T) {
	body, count := longestAnswer()
	value := []byte(`"Value":"`)
	middle := bytes.Index(body[len(body)/2:], value) + len(body)/2 + len(value)
	odd := slices.Insert(bytes.Clone(body), middle, '-')
	flow, err := originFlow.decode(odd)
	require.NoError(t, err)
	assert.Len(t, flow.Points, count-1)
	assert.Equal(t, 1, flow.Unreadable)
}

func TestAnAnswerCutOffAnywhereIsRefused(t *testing.T) {
	body, err := os.ReadFile("testdata/DescribeDomainSrcFlowData.json")
	require.NoError(t, err)
	body = bytes.TrimSpace(body)
	for length := range body {
		_, err := originFlow.decode(body[:length])
		assert.Error(t, err, "the first %d bytes", length)
	}
}

func TestARequestIDIsPlainOrLeftOut(t *testing.T) {
	for text, want := range map[string]string{
		`"16A96B9A-F203"`: "16A96B9A-F203", `17`: "17", `null`: "", `""`: "", `"<b>"`: "", `"a\nb"`: "", `"\u0041"`: "A",
	} {
		flow, err := originFlow.decode([]byte(`{"DataInterval":300,"RequestId":` + text + `}`))
		require.NoError(t, err, text)
		assert.Equal(t, want, flow.RequestID, text)
	}
}
