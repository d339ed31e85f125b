package cdn

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTimeStampsAreReadToTheMinuteOrRefused(t *testing.T) {
	const malformed = ""
	for text, want := range map[string]string{
		"2017-12-22T08:00:00Z":         "2017-12-22T08:00Z",
		"2017-12-22T08:00:00:00Z":      "2017-12-22T08:00Z", // as the reference page has it
		"2017-12-22T08:05Z":            "2017-12-22T08:05Z",
		"2017-12-22T08:05:59Z":         "2017-12-22T08:05Z",
		"2017-12-22T08:05:00.000Z":     "2017-12-22T08:05Z",
		"2024-02-29T23:59Z":            "2024-02-29T23:59Z",
		"2000-02-29T00:00Z":            "2000-02-29T00:00Z",
		"9999-12-31T23:55Z":            "9999-12-31T23:55Z",
		"":                             malformed,
		"Z":                            malformed,
		"2017-12-22":                   malformed,
		"2017-12-22T08:00":             malformed,
		"2017-12-22T08:00:00":          malformed,
		"2017-12-22T08:00:00z":         malformed,
		"2017-12-22 08:00:00Z":         malformed,
		"2017/12/22T08:00:00Z":         malformed,
		"2017-12-22T08:00:00+08:00":    malformed,
		"2017-12-22T08:00+08:00Z":      malformed,
		"2017-12-22T08:00garbageZ":     malformed,
		"2017-12-22T08:000Z":           malformed,
		"2017-12-22T0800:00Z":          malformed,
		" 2017-12-22T08:00Z":           malformed,
		"2017-12-22T08:00Z ":           malformed,
		"2017-12-22T08:00ZZ":           malformed,
		"2017-00-22T08:00Z":            malformed,
		"2017-13-22T08:00Z":            malformed,
		"2017-12-00T08:00Z":            malformed,
		"2017-12-32T08:00Z":            malformed,
		"2017-11-31T08:00Z":            malformed,
		"2023-02-29T08:00Z":            malformed,
		"2024-02-30T08:00Z":            malformed,
		"1900-02-29T08:00Z":            malformed,
		"2017-12-22T24:00Z":            malformed,
		"2017-12-22T08:60Z":            malformed,
		"2017-12-22T-8:00Z":            malformed,
		"2017-12-22T08:0/Z":            malformed,
		"2017-12-22T08::0Z":            malformed,
		"0000-01-01T00:00Z":            malformed,
		"1513929600":                   malformed,
		"20１7-12-22T08:00Z":            malformed,
		"2017-12-22T08:00:00Z\u0000Z":  malformed,
		"2017-12-22T08:00:00\\u002eZ":  malformed,
		"2017-12-22T08:00:00:00:0:.1Z": "2017-12-22T08:00Z",
	} {
		seconds, ok := parseTimeStamp([]byte(text))
		if assert.Equal(t, want != malformed, ok, text) && ok {
			assert.Equal(t, want, time.Unix(seconds, 0).UTC().Format("2006-01-02T15:04Z"), text)
		}
	}
}

func TestEveryDayOfFiveCenturiesIsTheRightOne(t *testing.T) {
	for day := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2300; day = day.AddDate(0, 0, 1) {
		seconds, ok := parseTimeStamp([]byte(day.Format("2006-01-02T15:04Z")))
		require.True(t, ok && seconds == day.Unix(), "%s: %d, %t", day, seconds, ok)
	}
}

func TestValuesAreNonNegativeDecimalsOrRefused(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "7": 7, "007": 7, "33886": 33886, "12.5": 12.5, "1e3": 1000, "1.5E+2": 150, "0.0": 0, "-0": 0,
		"999999999999999": 999999999999999, "1000000000000000": 1e15, "9007199254740993": 9007199254740992,
		"1e18": 1e18, "9223372036854774784": 1<<63 - 1024,
	} {
		value, ok := parseValue([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, value, text)
	}
	for _, text := range []string{
		"-1", "-0.1", "+1", "1.", ".5", "1,234", "1 ", " 1", "0x10", "1_000", "NaN", "nan", "Inf", "inf", "infinity", "9223372036854775807", "18446744073709551615", "1e300", "1e999",
		"true", "1e", "--1", "１", "0000000000000001",
	} {
		_, ok := parseValue([]byte(text))
		assert.False(t, ok, text)
	}
}

// A pattern must never let through what reading in full would refuse, nor read it differently.
func TestAPointReadByPatternIsThePointReadInFull(t *testing.T) {
	seconds := []string{
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"2"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"123456789012345"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"1234567890123456"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"12.5"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":""}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"-2"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":" 2 "}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":["2"]}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":2}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":02}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"2" }`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"2","Other":"x"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"2","Value":"3"}`,
		`{"TimeStamp":"2024-05-15T12:05Z","Value":"2"}`,
		`{"TimeStamp":"2024-05-15T12:05:00:00Z","Value":"2"}`,
		`{"TimeStamp":"2024-13-15T12:05:00Z","Value":"2"}`,
		`{"TimeStamp":"2024\u002d05-15T12:05:00Z","Value":"2"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"1\u0032"}`,
		`{"Timestamp":"2024-05-15T12:05:00Z","Value":"2"}`,
		`{"Value":"2","TimeStamp":"2024-05-15T12:05:00Z"}`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Value":"2`,
		`{"TimeStamp":"2024-05-15T12:05:00Z","Val`,
		`{"TimeStamp":"2024-05-1`,
		`{"TimeStamp":"`,
		`null`, `{}`, ``,
	}
	firsts := []string{
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1"}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":1}`,
		`{ "TimeStamp" : "2024-05-15T12:00:00Z" , "Value" : "1" }`,
		`{"Value":"1","TimeStamp":"2024-05-15T12:00:00Z"}`,
		`{"Value":"1","TimeStamp":"2024-05-15T12:00:00Z","Value":"7"}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1","Value":"7"}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1","Other":{"a":["x"]}}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"\u0031"}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1\u0031"}`,
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":" 1 "}`,
		`{"TimeStamp":" 2024-05-15T12:00:00Z ","Value":"1"}`,
	}
	read := func(r *pointReader, text string) string {
		s := scanner{data: []byte(text)}
		point, present, err := r.decode(&s)
		if err != nil {
			return "refused"
		}
		return fmt.Sprint(point, present, s.at, r.unreadable)
	}
	for _, first := range firsts {
		for _, second := range append(seconds, firsts...) {
			taught := pointReader{value: "Value"}
			require.NotEqual(t, "refused", read(&taught, first))
			assert.Equal(t, read(&pointReader{value: "Value"}, second), read(&taught, second), "%s after %s", second, first)
		}
	}
}

func TestPointsWrittenAlikeAreReadByPattern(t *testing.T) {
	r := pointReader{value: "Value"}
	for _, text := range []string{
		`{"TimeStamp":"2024-05-15T12:00:00Z","Value":"1"}`, "{\n\t\"TimeStamp\": \"2024-05-15T12:00:00Z\",\n\t\"Value\": \"22\"\n}",
	} {
		_, size := r.match([]byte(text))
		assert.Zero(t, size)
		_, present, err := r.decode(&scanner{data: []byte(text)})
		require.True(t, present && err == nil)
		_, size = r.match([]byte(text))
		assert.Equal(t, len(text), size)
	}
}
