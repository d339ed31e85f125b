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

// decodeFlow reads an answer in one pass over its bytes. What it returns does not hold on to body.
func decodeFlow(body []byte) (Flow, error) {
	var flow Flow
	var points pointReader
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
				err = errUnderOK
			}
			return err
		case string(key) == "DataInterval":
			text, err := s.scalar()
			if err != nil || len(text) == 0 {
				return err
			}
			seconds, err := strconv.Atoi(string(text))
			if err != nil || seconds <= 0 || seconds > 366*86400 {
				return fmt.Errorf("a DataInterval of %.20q", text)
			}
			flow.Interval = time.Duration(seconds) * time.Second
			return nil
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
	if err == nil && flow.RequestID == "" && flow.Interval == 0 && flow.Points == nil {
		err = errors.New("not an answer of origin flow")
	}
	return flow, err
}
