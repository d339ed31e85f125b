package cdn

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/rpc"
)

// layout is where the points of an operation's answers are, and what of them is read.
type layout struct {
	// points are the names of what holds the list of points, list is the list's.
	points []string
	list   string
	// value names the value of a slice, rate its average per second, which is read where no point has the value; "" where
	// there is none.
	value, rate string
	// most is the largest value that means something; 0 is without bound.
	most float64
	// point is how a point holds its value.
	point pointKind
}

// pointKind is how a point holds its value: the zero value is one number.
type pointKind int

// counts is a list of counts by HTTP status code.
const counts pointKind = 1

// pointBytes is about the size of one point in an answer, to make room for all of them at once.
const pointBytes = 48

// decode reads an answer. What it returns does not hold on to body.
func (l layout) decode(body []byte) (answer Answer, err error) {
	if l.value != "" {
		answer, err = l.decodeValues(body, l.value)
		if err != nil || len(answer.Points) > 0 || l.rate == "" {
			return answer, err
		}
	}
	answer, err = l.decodeValues(body, l.rate)
	answer.PerSecond = true
	return answer, err
}

// decodeValues reads an answer with the values of one name, in one pass over its bytes.
func (l layout) decodeValues(body []byte, value string) (Answer, error) {
	var answer Answer
	points := pointReader{value: value, most: l.most}
	s := scanner{data: body}
	point := func() error {
		point, present, err := points.decode(&s)
		if present {
			answer.Points = append(answer.Points, point)
		}
		return err
	}
	if l.point == counts {
		point = func() error { return points.decodeCounts(&s, &answer) }
	}
	err := s.object(func(key []byte) error {
		switch {
		case string(key) == "RequestId":
			id, err := s.anything()
			if rpc.PlainToken.Match(id) {
				answer.RequestID = string(id)
			}
			return err
		case string(key) == "Code":
			// An error under HTTP 200 must not pass for an answer without points.
			code, err := s.scalar()
			if err == nil && len(code) > 0 {
				err = errUnderOK
			}
			return err
		case string(key) == "DomainName" && s.next() == '"':
			name, err := s.text()
			answer.DomainName = string(name)
			return err
		case string(key) == "DataInterval":
			text, err := s.anything()
			// The points tell the length, too: one that nobody can read must not cost them.
			if seconds, no := strconv.Atoi(string(bytes.TrimSpace(text))); no == nil && seconds > 0 && seconds <= 366*86400 {
				answer.Interval = time.Duration(seconds) * time.Second
			}
			return err
		case slices.Contains(l.points, string(key)):
			return s.object(func(key []byte) error {
				if string(key) != l.list {
					return s.skip()
				}
				if answer.Points == nil {
					answer.Points = make([]Point, 0, (len(body)-s.at)/pointBytes)
				}
				return s.array(point)
			})
		}
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	answer.Unreadable = points.unreadable
	switch {
	case err != nil:
	case answer.RequestID == "" && answer.Interval == 0 && answer.Points == nil:
		err = errors.New("not an answer of this operation")
	case len(answer.Points) == 0 && answer.Unreadable > 0:
		err = errors.New("not one of its points can be read") // it is the format that is another, not a value
	}
	return answer, err
}
