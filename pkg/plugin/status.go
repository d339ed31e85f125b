package plugin

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
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
			problems = append(problems, newProblem("query.badStatusCode", locales.Args{"value": strconv.Quote(raw)}))
		}
		codes = append(codes, code)
	}
	q.StatusCodes = codes
	return errors.Join(problems...)
}

// codeGroups put status codes into the groups that the query shows, by class or each for itself, and leave out those that it
// does not want.
func (q queryModel) codeGroups() func(code int) (group int, ok bool) {
	return func(code int) (group int, ok bool) {
		class := code / 100
		ok = len(q.StatusCodes) == 0 || slices.Contains(q.StatusCodes, strconv.Itoa(code)) || slices.Contains(q.StatusCodes, className(class))
		if q.StatusBy == byClass {
			return class, ok
		}
		return code, ok
	}
}

func className(class int) string { return strconv.Itoa(class) + "xx" }

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
	for _, c := range s.Codes {
		name := strconv.Itoa(c.Code)
		if q.StatusBy == byClass {
			name = className(c.Code)
		}
		lines = append(lines, statusLine{name, c.Line})
	}
	for _, name := range q.StatusCodes {
		isClass := strings.HasSuffix(name, "xx")
		switch {
		case q.StatusBy == byClass && !isClass:
			name = name[:1] + "xx"
		case q.StatusBy == byCode && isClass:
			continue // which of its codes there are is not known
		}
		if !slices.ContainsFunc(lines, func(l statusLine) bool { return l.name == name }) {
			lines = append(lines, statusLine{name, nobody(s.Line)})
		}
	}
	slices.SortFunc(lines, func(a, b statusLine) int { return strings.Compare(a.name, b.name) })
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
