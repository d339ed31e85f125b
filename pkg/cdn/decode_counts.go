package cdn

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// mostCounted is up to where a float64 tells a count from the next.
const mostCounted = 1 << 53

// decodeCounts reads the point that s is at, whose value is a list of counts by HTTP status code, into an answer. A point
// with a count that cannot be read is left out whole: its sum would be another.
func (r *pointReader) decodeCounts(s *scanner, answer *Answer) error {
	if s.next() != '{' {
		return r.skipOdd(s)
	}
	var stamp []byte
	present, readable := false, true
	first := len(answer.Codes)
	err := s.object(func(key []byte) (err error) {
		switch string(key) {
		case "TimeStamp":
			stamp, err = s.anything()
		case r.value:
			present = true
			answer.Codes, readable, err = decodeCodes(s, answer.Codes[:first])
		default:
			err = s.skip()
		}
		return err
	})
	stamp = bytes.TrimSpace(stamp)
	start, isTime := parseTimeStamp(stamp)
	total := 0.0
	for i := range answer.Codes[first:] {
		count := &answer.Codes[first+i]
		count.Start = start
		total += count.Count
	}
	switch {
	case err != nil:
		return err
	case len(stamp) > 0 && present && isTime && readable && total <= mostCounted:
		answer.Points = append(answer.Points, Point{start, total})
		return nil
	case len(stamp) > 0 && present:
		r.unreadable++
	}
	answer.Codes = answer.Codes[:first]
	return nil
}

// decodeCodes reads the value of a point and appends to codes those that occurred, each once. ok tells that all of it could
// be read; nothing at all is no requests.
func decodeCodes(s *scanner, codes []CodeCount) (_ []CodeCount, ok bool, err error) {
	first, listed := len(codes), true
	ok, err = s.maybe('{', func() error {
		return s.object(func(key []byte) (err error) {
			if string(key) != "CodeProportionData" {
				return s.skip()
			}
			codes = codes[:first]
			readable := true
			listed, err = s.maybe('[', func() error {
				return s.array(func() error {
					count, ok, err := decodeCount(s)
					readable = readable && ok
					codes = addCount(codes, first, count)
					return err
				})
			})
			listed = listed && readable
			return err
		})
	})
	return codes, ok && listed, err
}

// addCount adds a count to those from first on.
func addCount(codes []CodeCount, first int, count CodeCount) []CodeCount {
	if count.Count == 0 {
		return codes
	}
	if i := slices.IndexFunc(codes[first:], func(c CodeCount) bool { return c.Code == count.Code }); i >= 0 {
		codes[first+i].Count += count.Count
		return codes
	}
	return append(codes, count)
}

// decodeCount reads one code and its count.
func decodeCount(s *scanner) (count CodeCount, ok bool, err error) {
	if s.next() != '{' {
		return count, false, s.skip()
	}
	var code, number []byte
	err = s.object(func(key []byte) (err error) {
		switch string(key) {
		case "Code":
			code, err = s.anything()
		case "Count":
			number, err = s.anything()
		default:
			err = s.skip()
		}
		return err
	})
	if count.Code, _ = strconv.Atoi(string(bytes.TrimSpace(code))); count.Code < 100 || count.Code > 999 {
		return CodeCount{}, false, err
	}
	number = bytes.TrimSpace(number)
	value, isCount := parseValue(number)
	if len(number) == 0 || !isCount {
		return CodeCount{}, false, err
	}
	count.Count = math.Round(value)
	return count, true, err
}
