package cdn

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// countBodies are answers by status code, what they hold, how many more points cannot be read, or that they are refused. They
// also seed the fuzzing.
var countBodies = map[string]struct {
	body       string
	points     []Point
	codes      []CodeCount
	unreadable int
	fails      bool
}{
	"as documented": {
		body:   `{"RequestId":"1","DataInterval":"300","HttpCodeData":{"UsageData":[{"Value":{"CodeProportionData":[{"Proportion":"75","Count":"3","Code":"200"},{"Proportion":"25","Count":"1","Code":"404"}]},"TimeStamp":"2024-05-15T12:00:00Z"},{"TimeStamp":"2024-05-15T12:05:00Z","Value":{"CodeProportionData":[{"Code":"304","Count":"2","Proportion":"100"}]}}]}}`,
		points: []Point{{noon, 4}, {noon + 300, 2}}, codes: []CodeCount{{noon, 200, 3}, {noon, 404, 1}, {noon + 300, 304, 2}},
	},
	"numbers in place of text":   {body: usage(value(`{"Code":200,"Count":3}`)), points: []Point{{noon, 3}}, codes: []CodeCount{{noon, 200, 3}}},
	"white space around numbers": {body: usage(value(`{"Code":" 200 ","Count":" 3\n"}`)), points: []Point{{noon, 3}}, codes: []CodeCount{{noon, 200, 3}}},
	"a count with a fraction":    {body: usage(value(`{"Code":"200","Count":"2.9999"}`)), points: []Point{{noon, 3}}, codes: []CodeCount{{noon, 200, 3}}},
	"a count in E notation":      {body: usage(value(`{"Code":"200","Count":1.5e3}`)), points: []Point{{noon, 1500}}, codes: []CodeCount{{noon, 200, 1500}}},
	"more than 32 bits hold":     {body: usage(value(`{"Code":"200","Count":"9007199254740992"}`)), points: []Point{{noon, 1 << 53}}, codes: []CodeCount{{noon, 200, 1 << 53}}},
	"codes that nobody got":      {body: usage(value(`{"Code":"200","Count":"0"},{"Code":"500","Count":"0.2"}`)), points: []Point{{noon, 0}}},
	"the codes out of order":     {body: usage(value(`{"Code":"599","Count":"1"},{"Code":"100","Count":"2"}`)), points: []Point{{noon, 3}}, codes: []CodeCount{{noon, 599, 1}, {noon, 100, 2}}},
	"a code in two parts":        {body: usage(value(`{"Code":"200","Count":"1"},{"Code":"404","Count":"5"},{"Code":"200","Count":"2"}`)), points: []Point{{noon, 8}}, codes: []CodeCount{{noon, 200, 3}, {noon, 404, 5}}},
	"the same slice twice":       {body: usage(value(`{"Code":"200","Count":"1"}`), value(`{"Code":"200","Count":"1"}`)), points: []Point{{noon, 1}, {noon, 1}}, codes: []CodeCount{{noon, 200, 1}, {noon, 200, 1}}},

	"no requests, a list":            {body: usage(value(``)), points: []Point{{noon, 0}}},
	"no requests, null":              {body: usage(point(`{"CodeProportionData":null}`)), points: []Point{{noon, 0}}},
	"no requests, text":              {body: usage(point(`{"CodeProportionData":""}`)), points: []Point{{noon, 0}}},
	"no requests, an object":         {body: usage(point(`{"CodeProportionData":{}}`)), points: []Point{{noon, 0}}},
	"no requests, no list":           {body: usage(point(`{}`)), points: []Point{{noon, 0}}},
	"no requests, a value of null":   {body: usage(point(`null`)), points: []Point{{noon, 0}}},
	"no requests, a value of text":   {body: usage(point(`""`)), points: []Point{{noon, 0}}},
	"no requests, a value of a list": {body: usage(point(`[ ]`)), points: []Point{{noon, 0}}},

	"without a value":                {body: usage(`{"TimeStamp":"2024-05-15T12:05Z"}`, value(one)), points: []Point{{noon, 1}}, codes: oneCode},
	"without a time stamp":           {body: usage(`{"Value":{"CodeProportionData":[`+one+`]}}`, value(one)), points: []Point{{noon, 1}}, codes: oneCode},
	"an empty time stamp":            {body: usage(`{"TimeStamp":" ","Value":{"CodeProportionData":[`+one+`]}}`, value(one)), points: []Point{{noon, 1}}, codes: oneCode},
	"a value given twice":            {body: usage(`{"TimeStamp":"2024-05-15T12:00Z","Value":{"CodeProportionData":[{"Code":"500","Count":"7"}]},"Value":{"CodeProportionData":[` + one + `]}}`), points: []Point{{noon, 1}}, codes: oneCode},
	"a list given twice":             {body: usage(point(`{"CodeProportionData":[{"Code":"500","Count":"7"}],"CodeProportionData":[` + one + `]}`)), points: []Point{{noon, 1}}, codes: oneCode},
	"an odd list that is replaced":   {body: usage(point(`{"CodeProportionData":[7],"CodeProportionData":[` + one + `]}`)), points: []Point{{noon, 1}}, codes: oneCode},
	"unknown members of all types":   {body: usage(point(`{"Other":[{"a":null}],"CodeProportionData":[{"Code":"200","x":{"Code":"1"},"Count":"1"}],"Sum":1}`)), points: []Point{{noon, 1}}, codes: oneCode},
	"an error under HTTP 200":        {body: `{"RequestId":"1","Code":"Throttling","HttpCodeData":{"UsageData":[` + value(one) + `]}}`, fails: true},
	"the points of another metric":   {body: `{"RequestId":"1","SrcQpsDataPerInterval":{"DataModule":[{"TimeStamp":"2024-05-15T12:00Z","Value":"1"}]}}`},
	"no points, null":                {body: `{"RequestId":"1","HttpCodeData":null}`},
	"no points, text":                {body: `{"RequestId":"1","HttpCodeData":{"UsageData":""}}`},
	"points that are no list":        {body: `{"RequestId":"1","HttpCodeData":{"UsageData":{"TimeStamp":"2024-05-15T12:00Z"}}}`, fails: true},
	"a comma too many":               {body: usage(value(one + `,`)), fails: true},
	"no comma between counts":        {body: usage(value(one + one)), fails: true},
	"a count that is no JSON":        {body: usage(value(`{"Code":"200","Count":NaN}`)), fails: true},
	"an odd value that is no JSON":   {body: usage(point(`nil`)), fails: true},
	"not one point that can be read": {body: usage(point(`7`)), fails: true},
	"odd points among good ones":     {body: usage(`7`, `"x"`, `[1]`, `null`, `{}`, value(one)), points: []Point{{noon, 1}}, codes: oneCode, unreadable: 3},
	"odd times among good ones":      {body: usage(`{"TimeStamp":"yesterday","Value":{"CodeProportionData":[`+one+`]}}`, `{"TimeStamp":["2024-05-15T12:00Z"],"Value":{}}`, value(one)), points: []Point{{noon, 1}}, codes: oneCode, unreadable: 2},
}

const one = `{"Code":"200","Count":"1"}`

var oneCode = []CodeCount{{noon, 200, 1}}

// usage is an answer with some points, point one at noon with a value, and value one whose value holds a list of counts.
func usage(points ...string) string {
	body := `{"HttpCodeData":{"UsageData":[`
	for i, p := range points {
		if i > 0 {
			body += ","
		}
		body += p
	}
	return body + `]}}`
}

func point(value string) string { return `{"TimeStamp":"2024-05-15T12:00Z","Value":` + value + `}` }

func value(list string) string { return point(`{"CodeProportionData":[` + list + `]}`) }

func TestCountsByCodeAreReadOrRefused(t *testing.T) {
	for name, c := range countBodies {
		t.Run(name, func(t *testing.T) {
			answer, err := HTTPCodeData.layout.decode([]byte(c.body))
			if c.fails {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, append([]Point{}, c.points...), append([]Point{}, answer.Points...))
			assert.Equal(t, append([]CodeCount{}, c.codes...), append([]CodeCount{}, answer.Codes...))
			assert.Equal(t, c.unreadable, answer.Unreadable)
		})
	}
}

// A sum without one of its counts would be another number, and a day that one slice cost would be fetched for ever.
func TestACountThatCannotBeReadCostsItsOwnSliceOnly(t *testing.T) {
	const before, after = `{"TimeStamp":"2024-05-15T11:55Z","Value":{"CodeProportionData":[{"Code":"500","Count":"2"}]}}`,
		`{"TimeStamp":"2024-05-15T12:05Z","Value":{"CodeProportionData":[{"Code":"404","Count":"3"}]}}`
	for name, odd := range map[string]string{
		"a code that is a word":       value(one + `,{"Code":"abc","Count":"1"}`),
		"a code below all":            value(`{"Code":"99","Count":"1"},` + one),
		"a code above all":            value(one + `,{"Code":1000,"Count":"1"}`),
		"a code that is a list":       value(one + `,{"Code":["200"],"Count":"1"}`),
		"no code":                     value(one + `,{"Count":"1"}`),
		"a negative count":            value(one + `,{"Code":"404","Count":"-1"}`),
		"a count that is a word":      value(one + `,{"Code":"404","Count":"many"}`),
		"a count that is a list":      value(one + `,{"Code":"404","Count":[1]}`),
		"a count beyond all counting": value(one + `,{"Code":"404","Count":1e300}`),
		"no count":                    value(one + `,{"Code":"404"}`),
		"a word in place of a count":  value(one + `,"404"`),
		"a word in place of the list": point(`{"CodeProportionData":"none"}`),
		"a count without a list":      point(`{"CodeProportionData":` + one + `}`),
		"a word as the value":         point(`"none"`),
		"a number as the value":       point(`3`),
		"a list as the value":         point(`[` + one + `]`),
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := SrcHTTPCodeData.layout.decode([]byte(usage(before, odd, after)))
			require.NoError(t, err)
			assert.Equal(t, []Point{{noon - 300, 2}, {noon + 300, 3}}, answer.Points)
			assert.Equal(t, []CodeCount{{noon - 300, 500, 2}, {noon + 300, 404, 3}}, answer.Codes)
			assert.Equal(t, 1, answer.Unreadable)
		})
	}
}

func TestAnAnswerByCodeThatIsCutOffAnywhereIsRefused(t *testing.T) {
	body := countBodies["as documented"].body
	for length := range body {
		_, err := HTTPCodeData.layout.decode([]byte(body[:length]))
		assert.Error(t, err, "the first %d bytes", length)
	}
}
