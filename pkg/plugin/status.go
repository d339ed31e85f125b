package plugin

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// statusCode is what an entry of statusCodes may be: a class or a code.
var statusCode = regexp.MustCompile(`^[1-9](xx|\d\d)$`)

// checkCodes brings the entries of statusCodes into one form and drops those that come twice.
func (q *queryModel) checkCodes() error {
	var codes []string
	var problems []error
	for _, raw := range q.StatusCodes {
		code := strings.ToLower(strings.TrimSpace(raw))
		switch {
		case code == "" || slices.Contains(codes, code):
			continue
		case !statusCode.MatchString(code):
			problems = append(problems, fmt.Errorf("statusCodes: %q is neither a class such as 5xx nor a code such as 404", raw))
		}
		codes = append(codes, code)
	}
	q.StatusCodes = codes
	return errors.Join(problems...)
}

// keptCodes tells which status codes the query wants; nil for all.
func (q queryModel) keptCodes() func(code int) bool {
	if len(q.StatusCodes) == 0 {
		return nil
	}
	return func(code int) bool {
		return slices.Contains(q.StatusCodes, strconv.Itoa(code)) || slices.Contains(q.StatusCodes, classOf(code))
	}
}

func classOf(code int) string { return strconv.Itoa(code/100) + "xx" }

// statusLine is the line of a class or a code.
type statusLine struct {
	name string
	originflow.Line
}

// statusLines are the lines of a series counted by status code, by name. Those that the query names are there even if
// nobody was answered so: what an alert rule looks at does not come and go.
func (q queryModel) statusLines(s originflow.Series) []statusLine {
	if len(s.Slices) == 0 {
		return nil
	}
	var lines []statusLine
	add := func(name string, line *originflow.Line) {
		at, found := slices.BinarySearchFunc(lines, name, func(l statusLine, name string) int { return strings.Compare(l.name, name) })
		if !found {
			lines = slices.Insert(lines, at, statusLine{name, nobody(s.Line)})
		}
		if line != nil {
			lines[at].add(*line)
		}
	}
	for _, code := range q.StatusCodes {
		isClass := strings.HasSuffix(code, "xx")
		switch {
		case q.StatusBy == byClass && !isClass:
			code = code[:1] + "xx"
		case q.StatusBy == byCode && isClass:
			continue // which of its codes there are is not known
		}
		add(code, nil)
	}
	for _, c := range s.Codes {
		name := strconv.Itoa(c.Code)
		if q.StatusBy == byClass {
			name = classOf(c.Code)
		}
		add(name, &c.Line)
	}
	return lines
}

// nobody is the line of a code that was answered to nobody.
func nobody(total originflow.Line) originflow.Line {
	line := originflow.Line{Slices: make([]originflow.Slice, len(total.Slices)), Missing: total.Missing}
	for i, slice := range total.Slices {
		line.Slices[i].Start = slice.Start
		if slice.Volume == 0 {
			line.Slices[i].Percent = math.NaN()
		}
	}
	return line
}

// add adds a line with the same slices.
func (l *statusLine) add(other originflow.Line) {
	l.Total += other.Total
	for i, slice := range other.Slices {
		l.Slices[i].Volume += slice.Volume
		l.Slices[i].PerSecond += slice.PerSecond
		l.Slices[i].Percent += slice.Percent
	}
}
