package plugin

import (
	"errors"
	"maps"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// queryModel is a query as panels and alert rules save it: CdnQuery in src/types.ts, described in docs/query.md. A missing
// field means the first of its values.
type queryModel struct {
	// QueryType is the metric.
	QueryType     string   `json:"queryType"`
	DomainMode    string   `json:"domainMode"`
	Domains       []string `json:"domains"`
	DomainPattern string   `json:"domainPattern"`
	DomainFilter  string   `json:"domainFilter"`
	MergeDomains  bool     `json:"mergeDomains"`
	TimeMerge     string   `json:"timeMerge"`
	Granularity   string   `json:"granularity"`
	GapFill       string   `json:"gapFill"`
	Unit          string   `json:"unit"`
	Provisional   string   `json:"provisional"`
	LegendFormat  string   `json:"legendFormat"`
	StatusBy      string   `json:"statusBy"`
	StatusCodes   []string `json:"statusCodes"`
	TopN          int      `json:"topN"`
	TopBy         string   `json:"topBy"`
	TimeShift     string   `json:"timeShift"`
	OnForbidden   string   `json:"onForbidden"`

	metric *originflow.Metric
	shift  time.Duration
	// words are those of the data source.
	words *locales.Words
}

func defaultQuery() queryModel {
	return queryModel{
		QueryType:    originflow.OriginFlow.Name,
		metric:       originflow.OriginFlow,
		words:        locales.English,
		DomainMode:   modeList,
		TimeMerge:    string(originflow.MergeAuto),
		Granularity:  "auto",
		GapFill:      gapNone,
		Provisional:  "hide",
		LegendFormat: defaultLegend,
		StatusBy:     byClass,
		TopBy:        topByOwn,
		OnForbidden:  onForbiddenError,
	}
}

// The values that are more than a row in a table.
const (
	defaultLegend = "{{domain}}"

	modeList  = "list"
	modeRegex = "regex"
	modeAll   = "all"

	gapNone = "none"
	gapNull = "null"
	gapZero = "zero"

	byClass = "class"
	byCode  = "code"

	topByOwn = "own"

	onForbiddenError  = "error"
	onForbiddenNotice = "notice"
)

const (
	// maxTop bounds topN: a query has no more series.
	maxTop = maxSeries
	// maxShift bounds timeShift: the API keeps nothing older.
	maxShift = 366 * 24 * time.Hour
)

// The values of each field of a query, with what they mean where that fits into a table.
var (
	queryTypes  = metricsByName()
	domainModes = map[string]bool{modeList: true, modeRegex: true, modeAll: true}
	timeMerges  = map[string]originflow.TimeMerge{
		"auto": originflow.MergeAuto, "on": originflow.MergeOn, "off": originflow.MergeOff,
	}
	granularities = map[string]time.Duration{
		"auto": 0, "5m": 5 * time.Minute, "1h": time.Hour, "1d": 24 * time.Hour,
	}
	gapFills    = map[string]bool{gapNone: true, gapNull: true, gapZero: true}
	provisional = map[string]bool{"hide": false, "show": true}
	statusBys   = map[string]bool{byClass: true, byCode: true}
	onForbidden = map[string]bool{onForbiddenError: true, onForbiddenNotice: true}
	// topBys are the metric itself, and those that are counted and are one number: a list of domains has at least what each of
	// them has.
	topBys = countedMetrics()
)

func countedMetrics() map[string]*originflow.Metric {
	counted := metricsByName()
	maps.DeleteFunc(counted, func(_ string, m *originflow.Metric) bool { return m.IsRatio() || m.ByCode() })
	counted[topByOwn] = nil
	return counted
}

func metricsByName() map[string]*originflow.Metric {
	byName := map[string]*originflow.Metric{}
	for _, m := range originflow.Metrics {
		byName[m.Name] = m
	}
	return byName
}

// parseQuery reads and checks a query. Its error joins everything that is wrong with it.
func parseQuery(data []byte) (queryModel, error) {
	q := defaultQuery()
	asItIs := func(text string) string { return text }
	typeErr := decodeFields("query.noObject", data, &q, asItIs)
	return q, errors.Join(
		typeErr,
		oneOf("queryType", q.QueryType, queryTypes),
		oneOf("domainMode", q.DomainMode, domainModes),
		q.checkDomains(),
		q.checkFilter(),
		oneOf("timeMerge", q.TimeMerge, timeMerges),
		oneOf("granularity", q.Granularity, granularities),
		oneOf("gapFill", q.GapFill, gapFills),
		q.checkUnit(),
		oneOf("provisional", q.Provisional, provisional),
		oneOf("statusBy", q.StatusBy, statusBys),
		q.checkCodes(),
		between("topN", q.TopN, 0, maxTop),
		oneOf("topBy", q.TopBy, topBys),
		q.checkShift(),
		oneOf("onForbidden", q.OnForbidden, onForbidden),
	)
}

// checkUnit settles on the metric and the unit to show it in.
func (q *queryModel) checkUnit() error {
	q.metric = queryTypes[q.QueryType]
	if q.metric == nil {
		return nil // which is told already
	}
	if q.Unit == "" {
		q.Unit = q.metric.Units[0]
	}
	has := map[string]bool{}
	for _, name := range q.metric.Units {
		has[name] = true
	}
	return oneOf("unit", q.Unit, has)
}

// durationPart is a number with a unit of time, several of which are a duration.
var durationPart = regexp.MustCompile(`(\d+(?:\.\d+)?)(ms|[smhdwMy])`)

// checkShift reads the time shift.
func (q *queryModel) checkShift() error {
	var shift float64
	rest := q.TimeShift
	for _, part := range durationPart.FindAllStringSubmatch(q.TimeShift, -1) {
		number, _ := strconv.ParseFloat(part[1], 64) // digits, of any size
		unit, _ := gtime.ParseDuration("1" + part[2])
		shift += number * float64(unit)
		rest = strings.TrimPrefix(rest, part[0])
	}
	if rest != "" || shift > float64(maxShift) {
		return newProblem("query.badShift", locales.Args{"value": strconv.Quote(q.TimeShift)})
	}
	q.shift = time.Duration(shift).Truncate(time.Second)
	return nil
}

// domainName is what an accelerated domain may look like: labels of letters (of any script), digits, hyphens and
// underscores. A name that begins with a dot or *. stands for all below it.
var domainName = regexp.MustCompile(`^(\*?\.)?[\pL\pN_]([\pL\pN_-]*[\pL\pN_])?(\.[\pL\pN_]([\pL\pN_-]*[\pL\pN_])?)*$`)

// unreplaced finds a dashboard variable in a regular expression: behind its end, which $ stands for, nothing can match.
var unreplaced = regexp.MustCompile(`\$(\{\w|\w)`)

// checkDomains brings the names into one form and drops those that come twice.
func (q *queryModel) checkDomains() error {
	switch q.DomainMode {
	case modeRegex:
		if q.DomainPattern == "" {
			return newProblem("query.noPattern", nil)
		}
		_, err := compilePattern("domainPattern", q.DomainPattern)
		return err
	case modeList:
		var names []string
		var problems []error
		seen := map[string]bool{}
		for _, raw := range q.Domains {
			name := strings.ToLower(strings.TrimSpace(raw))
			switch {
			case name == "" || seen[name]:
				continue
			case strings.Contains(name, "$"):
				problems = append(problems, newProblem("query.variable", locales.Args{"name": strconv.Quote(raw)}))
			case len(name) > 253 || !domainName.MatchString(name):
				problems = append(problems, newProblem("query.badDomain", locales.Args{"name": strconv.Quote(raw)}))
			}
			seen[name] = true
			names = append(names, name)
		}
		q.Domains = names
		return errors.Join(problems...)
	}
	return nil
}

// checkFilter compiles the filter, which need not be there.
func (q *queryModel) checkFilter() error {
	if q.DomainFilter == "" {
		return nil
	}
	_, err := compilePattern("domainFilter", q.DomainFilter)
	return err
}

// compilePattern compiles the regular expression of a field, of a query or of a variable. Its error names the field.
func compilePattern(field, pattern string) (*regexp.Regexp, error) {
	if unreplaced.MatchString(pattern) {
		return nil, newProblem("query.variableInPattern", locales.Args{"field": field, "pattern": strconv.Quote(pattern)})
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, badPattern(field, err)
	}
	return compiled, nil
}

// badPattern tells what is wrong with the regular expression of a field.
func badPattern(field string, err error) error {
	wrong, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return err
	}
	args := locales.Args{"field": field, "problem": string(wrong.Code), "part": wrong.Expr}
	if key := patternProblems[wrong.Code]; key != "" {
		args["problem"] = locales.Text{Key: key}
	}
	return newProblem("query.badPattern", args)
}

// patternProblems are the keys of what may be wrong with a regular expression.
var patternProblems = map[syntax.ErrorCode]string{
	syntax.ErrInvalidCharRange:      "regexp.charRange",
	syntax.ErrInvalidEscape:         "regexp.escape",
	syntax.ErrInvalidNamedCapture:   "regexp.name",
	syntax.ErrInvalidPerlOp:         "regexp.group",
	syntax.ErrInvalidRepeatOp:       "regexp.repeat",
	syntax.ErrInvalidRepeatSize:     "regexp.size",
	syntax.ErrInvalidUTF8:           "regexp.utf8",
	syntax.ErrMissingBracket:        "regexp.bracket",
	syntax.ErrMissingParen:          "regexp.paren",
	syntax.ErrMissingRepeatArgument: "regexp.argument",
	syntax.ErrTrailingBackslash:     "regexp.backslash",
	syntax.ErrUnexpectedParen:       "regexp.unexpected",
	syntax.ErrNestingDepth:          "regexp.depth",
	syntax.ErrLarge:                 "regexp.large",
}

// isHidden tells whether the query asks for nothing, as one does that nobody has filled in yet.
func (q queryModel) isHidden() bool { return q.DomainMode == modeList && len(q.Domains) == 0 }
