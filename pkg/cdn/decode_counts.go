package cdn

import (
	"bytes"
	"math"
	"strconv"
)

// decodeCounts reads the point that s is at, whose value is a list of counts by HTTP status code, into an answer. A point
// with a count that cannot be read is left out whole: its sum would be another.
func (r *pointReader) decodeCounts(s *scanner, answer *Answer) error {
	if s.next() != '{' {
		return r.skipOdd(s)
	}
	var stamp []byte
	total, present, readable := 0.0, false, true
	first := len(answer.Codes)
	err := s.object(func(key []byte) (err error) {
		switch string(key) {
		case "TimeStamp":
			stamp, err = s.anything()
			return err
		case r.value:
			total, present, readable = 0, true, true
			answer.Codes = answer.Codes[:first]
			if c := s.next(); c != '{' && c != '"' && c != 'n' {
				readable = false
				return s.skip()
			}
			return s.object(func(key []byte) error {
				if string(key) != "CodeProportionData" {
					return s.skip()
				}
				return s.array(func() error {
					count, ok, err := decodeCount(s)
					readable = readable && ok
					total += count.Count
					if count.Count > 0 {
						answer.Codes = append(answer.Codes, count)
					}
					return err
				})
			})
		}
		return s.skip()
	})
	stamp = bytes.TrimSpace(stamp)
	start, isTime := parseTimeStamp(stamp)
	switch {
	case err != nil:
		return err
	case len(stamp) > 0 && present && isTime && readable:
		answer.Points = append(answer.Points, Point{start, total})
		for i := range answer.Codes[first:] {
			answer.Codes[first+i].Start = start
		}
		return nil
	case len(stamp) > 0 && present:
		r.unreadable++
	}
	answer.Codes = answer.Codes[:first]
	return nil
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
	value, isCount := parseValue(bytes.TrimSpace(number))
	if !isCount {
		return CodeCount{}, false, err
	}
	count.Count = math.Round(value)
	return count, true, err
}
