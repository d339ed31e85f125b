package plugin

import (
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// verdict is the error that fails the query, with or without frames: all of its series failed, or nobody knows which ones it
// is of. A panel that ran out of time shows what it has, drawn or not, and says how much that is; an alert rule evaluates the
// domains that were in time, but never those that happen to be the largest found so far. And a dashboard may have missing
// permissions told in a notice.
func verdict(q queryModel, result originflow.Result, failed []originflow.Series, alert, drawn bool) error {
	if s := result.Search; s != nil && s.Err != nil {
		nothing := len(result.Series) == 0 && !isLate(s.Err) && !(q.bears(alert) && isForbidden(s.Err))
		if alert || nothing {
			return s.Err
		}
	}
	if q.bears(alert) && !slices.ContainsFunc(failed, isNotForbidden) {
		return nil
	}
	if len(failed) == 0 || len(failed) < len(result.Series) {
		return nil
	}
	if !alert && drawn && !slices.ContainsFunc(failed, isNotLate) {
		return nil
	}
	return failedSeries{failed, len(result.Series)}
}

// isNotLate tells whether it was not for want of time that the series failed.
func isNotLate(s originflow.Series) bool { return !isLate(s.Err) }

// bears tells whether missing permissions are told in a notice. No alert rule may take them for silence.
func (q queryModel) bears(alert bool) bool { return q.OnForbidden == onForbiddenNotice && !alert }

// failedSeries are the series that fail a query, in the order asked for: at least one, of so many.
type failedSeries struct {
	failed []originflow.Series
	of     int
}

func (f failedSeries) Error() string { return f.Unwrap().Error() }

// Unwrap returns the failure of the first, which decides on status and source.
func (f failedSeries) Unwrap() error { return f.failed[0].Err }

// maxCauses bounds the lines of an explanation. Already the second is the exception.
const maxCauses = 3

// explain has a line for each cause, which names whom it befell: what to do first depends on that, and on whether it is
// one problem or several.
func (f failedSeries) explain(w *locales.Words) explanation {
	first := explain(w, f.Unwrap())
	if first.status == statusClosed {
		return first // nobody is there to care for names
	}
	var causes []string
	byCause := map[string][]originflow.Series{}
	for _, s := range f.failed {
		cause := explain(w, s.Err).cause()
		if byCause[cause] == nil {
			causes = append(causes, cause)
		}
		byCause[cause] = append(byCause[cause], s)
	}
	var lines []string
	others := len(f.failed)
	for _, cause := range causes[:min(len(causes), maxCauses)] {
		lines = append(lines, f.line(w, byCause[cause]))
		others -= len(byCause[cause])
	}
	if others > 0 {
		lines = append(lines, w.Say("series.others", locales.Args{"others": others}))
	}
	return explanation{status: first.status, source: first.source, text: strings.Join(lines, "\n")}
}

// line explains the series that failed of one cause. Those that were not in time are counted: which of them it befell is
// chance.
func (f failedSeries) line(w *locales.Words, series []originflow.Series) string {
	text := explain(w, series[0].Err).text
	if f.of > 1 && isLate(series[0].Err) {
		return w.Say("series.late", locales.Args{"late": len(series), "all": f.of, "reason": text})
	}
	return w.Say("series.failed", locales.Args{"series": seriesNames(w, series), "reason": text})
}

// seriesNames are those of the series, as many as one reads. A merged list counts as the domains that it is of.
func seriesNames(w *locales.Words, series []originflow.Series) string {
	var all []string
	for _, s := range series {
		if s.Target.Name == strings.Join(s.Target.Domains, ",") {
			all = append(all, s.Target.Domains...)
			continue
		}
		all = append(all, s.Target.Name)
	}
	return someOf(w, all)
}
