package cdn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/stretchr/testify/assert"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// generated is the answer as the SDK's code generator declares it.
type generated struct {
	*responses.BaseResponse
	EndTime                string `json:"EndTime" xml:"EndTime"`
	StartTime              string `json:"StartTime" xml:"StartTime"`
	RequestId              string `json:"RequestId" xml:"RequestId"`
	DomainName             string `json:"DomainName" xml:"DomainName"`
	DataInterval           string `json:"DataInterval" xml:"DataInterval"`
	SrcFlowDataPerInterval struct {
		DataModule []struct {
			TimeStamp string `json:"TimeStamp" xml:"TimeStamp"`
			Value     string `json:"Value" xml:"Value"`
		} `json:"DataModule" xml:"DataModule"`
	} `json:"SrcFlowDataPerInterval" xml:"SrcFlowDataPerInterval"`
}

// longestAnswer is 90 days at 5 minutes, the most that the operation keeps, in the order the API answers: none.
func longestAnswer() (body []byte, points int) {
	const count = 90 * 24 * 12
	first := time.Date(2024, 2, 15, 0, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	b.WriteString(`{"DataInterval":"300","DomainName":"www.example.com","EndTime":"2024-05-15T00:00Z",` +
		`"RequestId":"A666D44F-19D6-490E-97CF-1A64AB962C57","SrcFlowDataPerInterval":{"DataModule":[`)
	for i, slice := range rand.New(rand.NewPCG(1, 2)).Perm(count) {
		if i > 0 {
			b.WriteByte(',')
		}
		start := first.Add(time.Duration(slice) * 5 * time.Minute)
		fmt.Fprintf(&b, `{"TimeStamp":"%s","Value":"%d"}`,
			start.Format("2006-01-02T15:04:05Z"), 8*cdnsim.Traffic("www.example.com", start))
	}
	b.WriteString(`]},"StartTime":"2024-02-15T00:00Z"}`)
	return b.Bytes(), count
}

// decodings are the ways to read the answer that are set beside each other: ours from the bytes on, ours and the SDK's
// from the body of a response on, and what merely looking at the same bytes costs.
func decodings(body []byte, points int) map[string]func() (points int, err error) {
	return map[string]func() (int, error){
		"decode": func() (int, error) {
			flow, err := originFlow.decode(body)
			return len(flow.Points), err
		},
		"read-and-decode": func() (int, error) {
			buffer := bodies.Get().(*bytes.Buffer)
			defer bodies.Put(buffer)
			read, err := readLimited(bytes.NewReader(body), buffer)
			if err != nil {
				return 0, err
			}
			flow, err := originFlow.decode(read)
			return len(flow.Points), err
		},
		"sdk": func() (int, error) {
			answer := generated{BaseResponse: &responses.BaseResponse{}}
			response := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body))}
			err := responses.Unmarshal(&answer, response, "JSON")
			return len(answer.SrcFlowDataPerInterval.DataModule), err
		},
		"scan": func() (int, error) {
			sum := 0
			for _, c := range body {
				sum += int(c)
			}
			return min(points, sum), nil
		},
		"json-valid": func() (int, error) {
			if !json.Valid(body) {
				return 0, nil
			}
			return points, nil
		},
	}
}

func BenchmarkDecodeLongestAnswer(b *testing.B) {
	body, points := longestAnswer()
	all := decodings(body, points)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				got, err := all[name]()
				if err != nil || got != points {
					b.Fatal(got, err)
				}
			}
		})
	}
}

func TestDecodingAllocatesLessThanATenthOfWhatTheSDKDoes(t *testing.T) {
	all := decodings(longestAnswer())
	allocations := func(name string) float64 { return testing.AllocsPerRun(3, func() { _, _ = all[name]() }) }
	assert.Less(t, 10*allocations("read-and-decode"), allocations("sdk"))
}
