package cdn

import (
	"bytes"
	"errors"
	"strconv"
	"time"
)

// containers are the names the points come under. The operations swapped theirs at times, so both accept both.
var containers = map[string]bool{"SrcFlowDataPerInterval": true, "SrcTrafficDataPerInterval": true}

// pointBytes is about the size of one point in an answer, to make room for all of them at once.
const pointBytes = 48

// decodeFlow reads an answer in one pass over its bytes. What it returns does not hold on to body.
func decodeFlow(body []byte) (Flow, error) {
	var flow Flow
	var points pointReader
	s := scanner{data: body}
	err := s.object(func(key []byte) error {
		switch {
		case string(key) == "RequestId":
			id, err := s.anything()
			if plainToken.Match(id) {
				flow.RequestID = string(id)
			}
			return err
		case string(key) == "Code":
			// An error under HTTP 200 must not pass for an answer without points.
			code, err := s.scalar()
			if err == nil && len(code) > 0 {
				err = errUnderOK
			}
			return err
		case string(key) == "DataInterval":
			text, err := s.anything()
			// The points tell the length, too: one that nobody can read must not cost them.
			if seconds, no := strconv.Atoi(string(bytes.TrimSpace(text))); no == nil && seconds > 0 && seconds <= 366*86400 {
				flow.Interval = time.Duration(seconds) * time.Second
			}
			return err
		case containers[string(key)]:
			return s.object(func(key []byte) error {
				if string(key) != "DataModule" {
					return s.skip()
				}
				if flow.Points == nil {
					flow.Points = make([]Point, 0, (len(body)-s.at)/pointBytes)
				}
				return s.array(func() error {
					point, present, err := points.decode(&s)
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
	flow.Unreadable = points.unreadable
	switch {
	case err != nil:
	case flow.RequestID == "" && flow.Interval == 0 && flow.Points == nil:
		err = errors.New("not an answer of origin flow")
	case len(flow.Points) == 0 && flow.Unreadable > 0:
		err = errors.New("not one of its points can be read") // it is the format that is another, not a value
	}
	return flow, err
}
