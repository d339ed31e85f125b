package plugin

import (
	"errors"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
)

// searched says of which domains the largest are, and whether they are.
func searched(w *locales.Words, q queryModel, s originflow.Search, shown int) (data.NoticeSeverity, string) {
	args := locales.Args{"shown": shown, "all": s.Of, "settled": s.Settled, "metric": metricLabel(s.By)}
	switch {
	case s.Err == nil && s.By.ByCode():
		return data.NoticeSeverityInfo, w.Say("notice.top", args)
	case s.Err == nil:
		return data.NoticeSeverityInfo, w.Say("notice.topBy", args)
	case isForbidden(s.Err) && shown == 0:
		args["reason"] = explain(w, s.Err).text
		return data.NoticeSeverityWarning, w.Say("notice.forbidden", args)
	}
	sentences := []string{w.Say("notice.topSoFar", args)}
	if !isLate(s.Err) {
		sentences = append(sentences, explain(w, s.Err).text)
	}
	return data.NoticeSeverityWarning, w.Sentences(sentences...)
}

// filling says how many domains of a query are complete that ran out of time, and how long the others will take, or what they
// wait for where none got further; nothing of one that did not, or is of a single series.
func filling(w *locales.Words, result originflow.Result, failed []originflow.Series) string {
	all, late, fetched := len(result.Series), 0, 0
	var cause error
	isQueued := false
	for _, s := range failed {
		if isLate(s.Err) {
			cause = s.Err
			late++
			isQueued = isQueued || errors.Is(s.Err, originflow.ErrBudget)
		}
	}
	for _, s := range result.Series {
		if s.Err == nil && len(s.Calls) > 0 {
			fetched++
		}
	}
	args := locales.Args{"complete": all - len(failed), "all": all}
	switch {
	case late == 0 || all == 1:
		return ""
	case fetched == 0, !isQueued: // it is not many calls that take the time
		return w.Sentences(w.Say("notice.filling", args), explain(w, cause).text)
	}
	args["rest"] = length(roundUp(result.Took * time.Duration(late) / time.Duration(fetched)))
	return w.Say("notice.fillingWithin", args)
}

// roundUp is a duration as one says it: 5 seconds, 10 seconds, 2 minutes.
func roundUp(d time.Duration) time.Duration {
	unit := 5 * time.Second
	if d > time.Minute {
		unit = time.Minute
	}
	return (d + unit - 1).Truncate(unit)
}
