package cdn

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// FuzzDecodeAnswer holds the decoder against a second one, built on encoding/json from the same rules: what the one reads
// the other reads alike, and what the one refuses the other refuses.
func FuzzDecodeAnswer(f *testing.F) {
	for _, c := range answerBodies {
		if len(c.body) < 10_000 {
			f.Add([]byte(c.body))
		}
	}
	sample, err := os.ReadFile("testdata/DescribeDomainSrcFlowData.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Fuzz(func(t *testing.T, body []byte) {
		theirs, valid := plainDecode(body)
		buffer := bytes.Clone(body)
		ours, err := originFlow.decode(buffer)
		clear(buffer) // what was read must not hold on to it: buffers are used again
		switch {
		case err != nil && !valid, err != nil && err.Error() == "nested too deeply":
			return
		case err != nil:
			t.Fatalf("refused: %v", err)
		case !valid:
			t.Fatalf("read as %v", ours)
		}
		if ours.RequestID != theirs.RequestID || ours.Interval != theirs.Interval ||
			ours.Unreadable != theirs.Unreadable || len(ours.Points) != len(theirs.Points) {
			t.Fatalf("read as %v, should be %v", ours, theirs)
		}
		for i, point := range ours.Points {
			if point != theirs.Points[i] {
				t.Fatalf("point %d read as %v, should be %v", i, point, theirs.Points[i])
			}
		}
	})
}

// FuzzDecodeCounts does the same for answers by status code.
func FuzzDecodeCounts(f *testing.F) {
	for _, c := range countBodies {
		f.Add([]byte(c.body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		theirs, valid := plainDecodeCounts(body)
		buffer := bytes.Clone(body)
		ours, err := HTTPCodeData.layout.decode(buffer)
		clear(buffer)
		switch {
		case err != nil && !valid, err != nil && err.Error() == "nested too deeply":
			return
		case err != nil:
			t.Fatalf("refused: %v", err)
		case !valid:
			t.Fatalf("read as %v", ours)
		}
		if ours.RequestID != theirs.RequestID || ours.Interval != theirs.Interval || ours.Unreadable != theirs.Unreadable ||
			!slices.Equal(ours.Points, theirs.Points) || !slices.Equal(ours.Codes, theirs.Codes) {
			t.Fatalf("read as %v, should be %v", ours, theirs)
		}
	})
}

// FuzzDecodeDomainsPage does the same for lists of domains.
func FuzzDecodeDomainsPage(f *testing.F) {
	for _, c := range domainBodies {
		f.Add([]byte(c.body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		theirs, valid := plainDecodeDomains(body)
		buffer := bytes.Clone(body)
		ours, err := decodeDomainsPage(buffer)
		clear(buffer)
		switch {
		case err != nil && !valid, err != nil && err.Error() == "nested too deeply":
			return
		case err != nil:
			t.Fatalf("refused: %v", err)
		case !valid:
			t.Fatalf("read as %v", ours)
		}
		if ours.Total != theirs.Total || !slices.Equal(ours.Domains, theirs.Domains) {
			t.Fatalf("read as %v, should be %v", ours, theirs)
		}
	})
}

// plainDecodeDomains is decodeDomainsPage by other means.
func plainDecodeDomains(body []byte) (page DomainsPage, ok bool) {
	if !json.Valid(body) {
		return page, false
	}
	page.Total, ok = -1, true
	known := false
	for _, m := range plainMembers(body, &ok) {
		switch m.key {
		case "Code":
			code, scalar := plainText(m.value)
			ok = ok && scalar && code == ""
		case "RequestId", "PageNumber":
			known = true
		case "TotalCount":
			known = true
			text, scalar := plainText(m.value)
			ok = ok && scalar
			if text = strings.TrimSpace(text); text != "" {
				total, err := strconv.Atoi(text)
				ok = ok && err == nil && total >= 0
				page.Total = total
			}
		case "Domains":
			known = true
			for _, m := range plainMembers(m.value, &ok) {
				if m.key != "PageData" {
					continue
				}
				for _, element := range plainElements(m.value, &ok) {
					if domain := plainDomain(element); domain.Name != "" {
						page.Domains = append(page.Domains, domain)
					}
				}
			}
		}
	}
	return page, ok && known
}

func plainDomain(element []byte) (domain Domain) {
	var object bool
	for _, m := range plainMembers(element, &object) {
		var text string
		if m.value[0] != '"' || json.Unmarshal(m.value, &text) != nil {
			continue
		}
		switch m.key {
		case "DomainName":
			domain.Name = strings.ToLower(strings.TrimSpace(text))
		case "DomainStatus":
			domain.Status = text
		case "CdnType":
			domain.Type = text
		case "Coverage":
			domain.Coverage = text
		case "Cname":
			domain.CNAME = text
		}
	}
	return domain
}

// plainDecode is layout.decode without a thought for speed.
func plainDecode(body []byte) (Answer, bool) {
	return plainDecodeList(body, []string{"SrcFlowDataPerInterval", "SrcTrafficDataPerInterval"}, "DataModule",
		func(element []byte, answer *Answer) bool {
			point, present, readable := plainPoint(element)
			if present && readable {
				answer.Points = append(answer.Points, point)
			}
			return readable
		})
}

// plainDecodeCounts is the same by status code.
func plainDecodeCounts(body []byte) (Answer, bool) {
	return plainDecodeList(body, []string{"HttpCodeData"}, "UsageData", plainCounts)
}

// plainDecodeList reads an answer with its list of points; point puts one into it, and tells whether it could be read.
func plainDecodeList(
	body []byte, containers []string, list string, point func(element []byte, answer *Answer) (readable bool),
) (answer Answer, ok bool) {
	if !json.Valid(body) {
		return answer, false
	}
	ok = true
	known := false
	text := func(raw []byte) string {
		text, scalar := plainText(raw)
		ok = ok && scalar
		return text
	}
	for _, m := range plainMembers(body, &ok) {
		switch {
		case m.key == "RequestId":
			if id := plainAnything(m.value); rpc.PlainToken.MatchString(id) {
				answer.RequestID, known = id, true
			}
		case m.key == "Code":
			ok = text(m.value) == "" && ok
		case m.key == "DataInterval":
			seconds, err := strconv.Atoi(strings.TrimSpace(plainAnything(m.value)))
			if err == nil && seconds > 0 && seconds <= 366*86400 {
				answer.Interval, known = time.Duration(seconds)*time.Second, true
			}
		case slices.Contains(containers, m.key):
			for _, m := range plainMembers(m.value, &ok) {
				if m.key != list {
					continue
				}
				known = true
				for _, element := range plainElements(m.value, &ok) {
					if !point(element, &answer) {
						answer.Unreadable++
					}
				}
			}
		}
	}
	return answer, ok && known && (len(answer.Points) > 0 || answer.Unreadable == 0)
}

var (
	plainStamp = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:[0-9:.]*)?Z$`)
	plainCount = regexp.MustCompile(`^(\d{1,15}|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$`)
)

func plainPoint(element []byte) (point Point, present, readable bool) {
	object := true
	members := plainMembers(element, &object)
	if !object {
		return point, false, false
	}
	var stamp, value string
	for _, m := range members {
		switch m.key {
		case "TimeStamp":
			stamp = strings.TrimSpace(plainAnything(m.value))
		case "Value":
			value = strings.TrimSpace(plainAnything(m.value))
		}
	}
	if stamp == "" || value == "" {
		return point, false, true
	}
	parts := plainStamp.FindStringSubmatch(stamp)
	if parts == nil || !plainCount.MatchString(value) {
		return point, false, false
	}
	start, err := time.Parse("2006-01-02T15:04", parts[1])
	if err != nil || start.Year() < 100 {
		return point, false, false
	}
	count, err := strconv.ParseFloat(value, 64)
	return Point{Start: start.Unix(), Value: count}, true, err == nil && count >= 0 && count < 1<<63
}

// plainCounts reads a point by status code.
func plainCounts(element []byte, answer *Answer) (readable bool) {
	object := true
	members := plainMembers(element, &object)
	if !object {
		return false
	}
	var stamp string
	var value []byte
	for _, m := range members {
		switch m.key {
		case "TimeStamp":
			stamp = strings.TrimSpace(plainAnything(m.value))
		case "Value":
			value = m.value
		}
	}
	if stamp == "" || value == nil {
		return true
	}
	parts := plainStamp.FindStringSubmatch(stamp)
	if parts == nil {
		return false
	}
	start, err := time.Parse("2006-01-02T15:04", parts[1])
	if err != nil || start.Year() < 100 {
		return false
	}
	readable = true
	var list []byte
	for _, m := range plainMembers(value, &readable) {
		if m.key == "CodeProportionData" {
			list = m.value
		}
	}
	var codes []CodeCount
	if list != nil {
		for _, element := range plainElements(list, &readable) {
			code, count, ok := plainCodeCount(element)
			readable = readable && ok
			if i := slices.IndexFunc(codes, func(c CodeCount) bool { return c.Code == code }); i >= 0 {
				codes[i].Count += count
			} else if count > 0 {
				codes = append(codes, CodeCount{start.Unix(), code, count})
			}
		}
	}
	sum := Point{Start: start.Unix()}
	for _, c := range codes {
		sum.Value += c.Count
	}
	if !readable || sum.Value > 1<<53 {
		return false
	}
	answer.Points = append(answer.Points, sum)
	answer.Codes = append(answer.Codes, codes...)
	return true
}

func plainCodeCount(element []byte) (code int, count float64, ok bool) {
	ok = len(element) > 0 && element[0] == '{'
	var number string
	for _, m := range plainMembers(element, new(bool)) {
		switch m.key {
		case "Code":
			code, _ = strconv.Atoi(strings.TrimSpace(plainAnything(m.value)))
		case "Count":
			number = strings.TrimSpace(plainAnything(m.value))
		}
	}
	count, err := strconv.ParseFloat(number, 64)
	ok = ok && code >= 100 && code <= 999 && plainCount.MatchString(number) && err == nil && count >= 0 && count < 1<<63
	return code, math.Round(count), ok
}

// plainAnything is the text of a scalar, "" for null and an empty list or object, and any other one as it is.
func plainAnything(raw []byte) string {
	if text, scalar := plainText(raw); scalar {
		return text
	}
	if raw = bytes.TrimSpace(raw); len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0 {
		return ""
	}
	return string(raw)
}

// plainText is the text of a string, number or boolean, and "" for null.
func plainText(raw []byte) (text string, ok bool) {
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '{', '[':
		return "", false
	case '"':
		return text, json.Unmarshal(raw, &text) == nil
	case 'n':
		return "", true
	}
	return string(raw), true
}

type plainMember struct {
	key   string
	value json.RawMessage
}

// plainMembers are the members of an object, in order and with those of the same key.
func plainMembers(raw []byte, ok *bool) (members []plainMember) {
	d, open := plainList(raw, '{', ok)
	for open && d.More() {
		key, _ := d.Token()
		var value json.RawMessage
		_ = d.Decode(&value)
		members = append(members, plainMember{key.(string), value})
	}
	return members
}

func plainElements(raw []byte, ok *bool) (elements []json.RawMessage) {
	d, open := plainList(raw, '[', ok)
	for open && d.More() {
		var element json.RawMessage
		_ = d.Decode(&element)
		elements = append(elements, element)
	}
	return elements
}

// plainList enters a list; it clears ok unless raw is one, or is empty in a way that counts as one.
func plainList(raw []byte, open json.Delim, ok *bool) (d *json.Decoder, entered bool) {
	d = json.NewDecoder(bytes.NewReader(raw))
	switch first, _ := d.Token(); first {
	case open:
		return d, true
	case json.Delim('{'), json.Delim('['):
		*ok = *ok && !d.More()
	default:
		*ok = *ok && (first == nil || first == "")
	}
	return d, false
}
