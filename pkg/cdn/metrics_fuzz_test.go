package cdn

import (
	"bytes"
	"math"
	"net/http"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// fuzzed are the operations whose answers differ in more than names.
var fuzzed = []*Operation{SrcFlowData, TrafficData, SrcTrafficData, SrcQPSData, QPSData, SrcHTTPCodeData, HTTPCodeData, HitRateData, ReqHitRateData}

// FuzzDecodeMetrics holds what is read of any answer, by any operation, to what its types promise.
func FuzzDecodeMetrics(f *testing.F) {
	for _, c := range answerBodies {
		if len(c.body) < 2_000 {
			f.Add([]byte(c.body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, op := range fuzzed {
			buffer := bytes.Clone(body)
			answer, err := op.layout.decode(buffer)
			clear(buffer)
			again, errAgain := op.layout.decode(body)
			if !reflect.DeepEqual(answer, again) || (err == nil) != (errAgain == nil) {
				t.Fatalf("%s: holds on to the body: %v is %v without it", op.name, again, answer)
			}
			if err == nil {
				checkAnswer(t, op, answer)
			}
		}
	})
}

func checkAnswer(t *testing.T, op *Operation, answer Answer) {
	t.Helper()
	if answer.RequestID != "" && !rpc.PlainToken.MatchString(answer.RequestID) {
		t.Fatalf("%s: RequestId %q", op.name, answer.RequestID)
	}
	if answer.Interval < 0 || answer.Interval > 366*24*time.Hour || answer.Interval%time.Second != 0 {
		t.Fatalf("%s: DataInterval %s", op.name, answer.Interval)
	}
	isAmount := func(value float64) bool { return value >= 0 && !math.IsInf(value, 0) }
	sums := map[int64]float64{}
	for _, point := range answer.Points {
		if !isAmount(point.Value) || op.layout.most > 0 && point.Value > op.layout.most {
			t.Fatalf("%s: value %v", op.name, point.Value)
		}
		sums[point.Start] += point.Value
	}
	for _, c := range answer.Codes {
		if c.Code < 100 || c.Code > 999 || !isAmount(c.Count) || c.Count != math.Trunc(c.Count) || !op.ByCode() {
			t.Fatalf("%s: code %v", op.name, c)
		}
		sum, known := sums[c.Start]
		if !known || c.Count > sum {
			t.Fatalf("%s: %v is not in the points %v", op.name, c, answer.Points)
		}
	}
}

// told is all that the text of an error may be.
var told = regexp.MustCompile(`^Operation: ([A-Za-z0-9._-]{1,100}|unreadable answer|service unavailable|throttled|too many domains) \(HTTP \d{3}\)(, RequestId [A-Za-z0-9._-]{1,100})?$`)

// FuzzDecodeError holds the text of any refusal to names without a blank: nothing that could be a page or a signed URL.
func FuzzDecodeError(f *testing.F) {
	for _, c := range answerBodies {
		if len(c.body) < 2_000 {
			f.Add(400, []byte(c.body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 100 || status > 999 {
			return
		}
		failure := decodeError(action{name: "Operation"}, &http.Response{StatusCode: status, Header: http.Header{}}, body)
		if text := failure.Error(); !told.MatchString(text) {
			t.Fatalf("says %q", text)
		}
		if failure.HTTPStatus != status || failure.Kind() == "" || failure.Unwrap() != nil {
			t.Fatalf("is %+v", failure)
		}
	})
}
