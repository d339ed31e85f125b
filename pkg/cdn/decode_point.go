package cdn

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// pointReader reads the points of one answer. A machine wrote them, so they look alike: once one was read in full, the
// next need only be compared with it, which costs little more than looking at their bytes. A point that differs is read
// in full again, so the pattern makes reading faster, and never changes what is read.
type pointReader struct {
	// value is the name of a point's value, most the largest that means something, 0 for no bound.
	value string
	most  float64
	// The bytes up to the time stamp, between it and the value, and from there to the end; nil before the first point.
	before, between, after []byte
	stampLength            int
	// unreadable counts the points that are there and cannot be read as one.
	unreadable int
}

// decode reads the point that s is at; present is false where it has no value, or cannot be read: such a slice is missing.
func (r *pointReader) decode(s *scanner) (point Point, present bool, err error) {
	s.next()
	if point, size := r.match(s.data[s.at:]); size > 0 {
		s.at += size
		return point, true, nil
	}
	return r.decodeInFull(s)
}

// match reads the point at the start of data if it is written like the last one; size is 0 if it is not.
func (r *pointReader) match(data []byte) (point Point, size int) {
	if r.before == nil || !bytes.HasPrefix(data, r.before) {
		return point, 0
	}
	rest := data[len(r.before):]
	if len(rest) < r.stampLength || !bytes.HasPrefix(rest[r.stampLength:], r.between) {
		return point, 0
	}
	start, ok := parseTimeStamp(rest[:r.stampLength])
	rest = rest[r.stampLength+len(r.between):]
	value, digits := parseDigits(rest)
	if !ok || digits == 0 || !r.means(value) || !bytes.HasPrefix(rest[digits:], r.after) {
		return point, 0
	}
	return Point{Start: start, Value: value}, len(data) - len(rest) + digits + len(r.after)
}

func (r *pointReader) decodeInFull(s *scanner) (point Point, present bool, err error) {
	begin := s.at
	if s.next() != '{' {
		return point, false, r.skipOdd(s)
	}
	var timeStamp, value []byte
	var stampEnd, valueEnd int
	err = s.object(func(key []byte) (err error) {
		switch string(key) {
		case "TimeStamp":
			timeStamp, err = s.anything()
			stampEnd = s.at - len(`"`)
		case r.value:
			value, err = s.anything()
			valueEnd = s.at - len(`"`)
		default:
			err = s.skip()
		}
		return err
	})
	stamp, count := bytes.TrimSpace(timeStamp), bytes.TrimSpace(value)
	if err != nil || len(stamp) == 0 || len(count) == 0 {
		return point, false, err
	}
	start, isTime := parseTimeStamp(stamp)
	number, isNumber := parseValue(count)
	if !isTime || !isNumber || !r.means(number) {
		r.unreadable++
		return point, false, nil
	}
	r.learn(s.data, begin, stampEnd-len(timeStamp), stampEnd, valueEnd-len(value), valueEnd, s.at)
	return Point{Start: start, Value: number}, true, nil
}

// means tells whether a value is within its bounds.
func (r *pointReader) means(value float64) bool { return r.most == 0 || value <= r.most }

// skipOdd skips what stands in place of a point.
func (r *pointReader) skipOdd(s *scanner) error {
	text, err := s.anything()
	if len(text) > 0 {
		r.unreadable++
	}
	return err
}

// learn takes the point at data[begin:end] as the pattern, if its time stamp comes first, its value is a string, and it
// has no escapes. A bare number is not worth a pattern, which would have to know what JSON allows as a number.
func (r *pointReader) learn(data []byte, begin, stamp, stampEnd, value, valueEnd, end int) {
	if stampEnd > value || data[valueEnd] != '"' || bytes.IndexByte(data[begin:end], '\\') >= 0 {
		return
	}
	r.before, r.between, r.after = data[begin:stamp], data[stampEnd:value], data[valueEnd:end]
	r.stampLength = stampEnd - stamp
}

// parseDigits reads the digits at the start of data, as many as are exact in a float64.
func parseDigits(data []byte) (value float64, digits int) {
	var sum int64
	for digits < len(data) && digits < 15 && data[digits]-'0' <= 9 {
		sum = sum*10 + int64(data[digits]-'0')
		digits++
	}
	return float64(sum), digits
}

// parseValue reads a count: digits for nearly every slice, any other non-negative number at need.
func parseValue(text []byte) (value float64, ok bool) {
	if value, digits := parseDigits(text); digits == len(text) {
		return value, true
	}
	if !json.Valid(text) { // ParseFloat reads hexadecimal numbers, too
		return 0, false
	}
	value, err := strconv.ParseFloat(string(text), 64)
	// The comparison is false for NaN, and neither it, an infinity nor a negative number is a flow. What is more than a signed
	// integer of 64 bits holds nobody counted: most likely it was less than nothing, in an unsigned one.
	return value, err == nil && value >= 0 && value < 1<<63
}
