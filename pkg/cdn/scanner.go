package cdn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// scanner walks JSON in place, without building values: an answer of 90 days has 26,000 points, and reading them costs
// little more than looking at each byte once.
type scanner struct {
	data  []byte
	at    int
	depth int
}

// maxDepth bounds the nesting; answers have four levels.
const maxDepth = 32

var errTruncated = errors.New("ends too early")

// next skips white space and returns the byte behind it, 0 at the end.
func (s *scanner) next() byte {
	for ; s.at < len(s.data); s.at++ {
		if c := s.data[s.at]; c > ' ' || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

// take consumes the byte c, behind white space.
func (s *scanner) take(c byte) error {
	switch got := s.next(); got {
	case c:
		s.at++
		return nil
	case 0:
		return errTruncated
	default:
		return fmt.Errorf("%q where %q belongs, at byte %d", got, c, s.at)
	}
}

// end makes sure that nothing follows.
func (s *scanner) end() error {
	if s.next() != 0 || s.at < len(s.data) {
		return fmt.Errorf("more than one value, at byte %d", s.at)
	}
	return nil
}

// object calls member for each key; member must consume the value. See [scanner.empty] for what else is an object.
func (s *scanner) object(member func(key []byte) error) error {
	return s.list('{', '}', func() error {
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		return member(key)
	})
}

// array calls element for each element; element must consume it. See [scanner.empty] for what else is an array.
func (s *scanner) array(element func() error) error { return s.list('[', ']', element) }

func (s *scanner) list(open, end byte, item func() error) error {
	if s.next() != open {
		return s.empty(open)
	}
	s.at++
	if s.depth++; s.depth > maxDepth {
		return errors.New("nested too deeply")
	}
	defer func() { s.depth-- }()
	if s.next() == end {
		s.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if s.next() != ',' {
			return s.take(end)
		}
		s.at++
	}
}

// empty consumes what may stand in place of a list: null, an empty string, an empty list of the other kind. Gateways that
// turn XML into JSON write an empty container like that.
func (s *scanner) empty(open byte) error {
	switch c := s.next(); c {
	case '{', '[':
		s.at++
		return s.take(c + 2) // in ASCII, } is two behind {, and ] is two behind [
	}
	text, err := s.scalar()
	if err == nil && len(text) > 0 {
		err = fmt.Errorf("a scalar where %q belongs, at byte %d", open, s.at)
	}
	return err
}

// maybe walks a list if one opens here. Anything else is skipped; ok is false unless it is empty, see [scanner.empty].
func (s *scanner) maybe(open byte, walk func() error) (ok bool, err error) {
	if s.next() == open {
		return true, walk()
	}
	text, err := s.anything()
	return len(text) == 0, err
}

// scalar returns the text of a string, number or boolean, without quotes; nil for null.
func (s *scanner) scalar() ([]byte, error) {
	if s.next() == '"' {
		return s.text()
	}
	start := s.at
	for s.at < len(s.data) && isBare[s.data[s.at]] {
		s.at++
	}
	bare := s.data[start:s.at]
	switch {
	case len(bare) == 0 && s.at == len(s.data):
		return nil, errTruncated
	case string(bare) == "null":
		return nil, nil
	case !json.Valid(bare):
		return nil, fmt.Errorf("no value, at byte %d", start)
	}
	return bare, nil
}

// isBare tells the bytes of numbers, true, false and null.
var isBare = func() (set [256]bool) {
	for _, c := range []byte("+-.0123456789abcdefghijklmnopqrstuvwxyzE") {
		set[c] = true
	}
	return set
}()

// text returns the content of a string.
func (s *scanner) text() ([]byte, error) {
	if err := s.take('"'); err != nil {
		return nil, err
	}
	start := s.at
	for i, c := range s.data[start:] {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		s.at = start + i
		switch c {
		case '"':
			s.at++
			return s.data[start : s.at-1], nil
		case '\\':
			return s.escapedText(start - 1)
		}
		return nil, fmt.Errorf("a control character in a string, at byte %d", s.at)
	}
	return nil, errTruncated
}

// escapedText reads a string with escapes, from its opening quote on. They are too rare to be read in place.
func (s *scanner) escapedText(quote int) ([]byte, error) {
	for ; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			var text string
			if err := json.Unmarshal(s.data[quote:s.at], &text); err != nil {
				return nil, fmt.Errorf("a broken string, at byte %d", quote)
			}
			return []byte(text), nil
		}
	}
	return nil, errTruncated
}

// anything consumes a value of any type. It returns the text of a scalar, nil for null and for an empty object or list,
// and any other object or list as it is written, which no reader of scalars accepts.
func (s *scanner) anything() ([]byte, error) {
	if c := s.next(); c != '{' && c != '[' {
		return s.scalar()
	}
	start := s.at
	if err := s.skip(); err != nil {
		return nil, err
	}
	list := s.data[start:s.at]
	if len(bytes.TrimSpace(list[1:len(list)-1])) == 0 {
		return nil, nil
	}
	return list, nil
}

// skip consumes a value of any type.
func (s *scanner) skip() error {
	switch s.next() {
	case '{':
		return s.object(func([]byte) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	default:
		_, err := s.scalar()
		return err
	}
}
