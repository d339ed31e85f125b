package cdn

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// containers are the names the points come under. The operations swapped theirs at times, so both accept both.
var containers = map[string]bool{"SrcFlowDataPerInterval": true, "SrcTrafficDataPerInterval": true}

// pointBytes is about the size of one point in an answer, to make room for all of them at once.
const pointBytes = 48

// decodeFlow reads an answer in one pass over its bytes.
func decodeFlow(body []byte) (Flow, error) {
	var flow Flow
	s := scanner{data: body}
	err := s.object(func(key []byte) error {
		switch {
		case string(key) == "RequestId":
			id, err := s.scalar()
			if plainToken.Match(id) {
				flow.RequestID = string(id)
			}
			return err
		case string(key) == "Code":
			// An error under HTTP 200 must not pass for an answer without points.
			code, err := s.scalar()
			if err == nil && len(code) > 0 {
				err = errors.New("an error under HTTP 200")
			}
			return err
		case string(key) == "DataInterval":
			text, err := s.scalar()
			if err != nil || len(text) == 0 {
				return err
			}
			seconds, err := strconv.Atoi(string(text))
			if err != nil || seconds <= 0 || seconds > 366*86400 {
				return fmt.Errorf("DataInterval %.20q", text)
			}
			flow.Interval = time.Duration(seconds) * time.Second
			return nil
		case containers[string(key)]:
			return s.object(func(key []byte) error {
				if string(key) != "DataModule" {
					return s.skip()
				}
				flow.Points = make([]Point, 0, len(body)/pointBytes)
				return s.array(func() error {
					point, present, err := decodePoint(&s)
					if present {
						flow.Points = append(flow.Points, point)
					}
					return err
				})
			})
		}
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && flow.RequestID == "" && flow.Interval == 0 && flow.Points == nil {
		err = errors.New("not an answer of origin flow")
	}
	return flow, err
}

// decodePoint reads one point; present is false where it has no value: such a slice is missing.
func decodePoint(s *scanner) (point Point, present bool, err error) {
	var timeStamp, value []byte
	err = s.object(func(key []byte) (err error) {
		switch string(key) {
		case "TimeStamp":
			timeStamp, err = s.scalar()
		case "Value":
			value, err = s.scalar()
		default:
			err = s.skip()
		}
		return err
	})
	if err != nil || len(timeStamp) == 0 || len(value) == 0 {
		return point, false, err
	}
	start, ok := parseTimeStamp(timeStamp)
	if !ok {
		return point, false, fmt.Errorf("TimeStamp %.40q", timeStamp)
	}
	flow, ok := parseValue(value)
	if !ok {
		return point, false, fmt.Errorf("Value %.40q", value)
	}
	return Point{Start: start, Value: flow}, true, nil
}

// parseTimeStamp reads YYYY-MM-DDThh:mm followed by nothing, seconds, or what else the documentation puts there
// (2017-12-22T08:00:00:00Z), in UTC. Slices start at whole minutes, so seconds do not count.
func parseTimeStamp(text []byte) (seconds int64, ok bool) {
	const shape = "0000-00-00T00:00"
	if len(text) < len(shape)+1 || text[len(text)-1] != 'Z' {
		return 0, false
	}
	for i := range len(shape) {
		if digit := text[i] >= '0' && text[i] <= '9'; digit != (shape[i] == '0') || !digit && text[i] != shape[i] {
			return 0, false
		}
	}
	two := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	month, dayOfMonth, hour, minute := two(5), two(8), two(11), two(14)
	if month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31 || hour > 23 || minute > 59 {
		return 0, false
	}
	return time.Date(two(0)*100+two(2), time.Month(month), dayOfMonth, hour, minute, 0, 0, time.UTC).Unix(), true
}

// parseValue reads a count: digits for nearly every slice, any other non-negative number at need.
func parseValue(text []byte) (value float64, ok bool) {
	if len(text) < 16 { // 15 digits are exact in a float64
		var sum int64
		for _, c := range text {
			if c < '0' || c > '9' {
				return parseFloat(text)
			}
			sum = sum*10 + int64(c-'0')
		}
		return float64(sum), true
	}
	return parseFloat(text)
}

func parseFloat(text []byte) (value float64, ok bool) {
	value, err := strconv.ParseFloat(string(text), 64)
	// The comparison is false for NaN, and neither it, an infinity nor a negative number is a flow.
	return value, err == nil && value >= 0 && value <= 1e300
}
