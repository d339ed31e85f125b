package plugin

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
	"github.com/originflow/aliyuncdn-datasource/pkg/plugin/locales"
	"github.com/originflow/aliyuncdn-datasource/pkg/sharedcache"
)

// maxNamed bounds the failed domains that notices name one by one.
const maxNamed = 5

// notices say what a user must know about a result and could not guess.
func notices(
	q queryModel, list originflow.DomainList, result originflow.Result, failed []originflow.Series,
) []data.Notice {
	var notices []data.Notice
	w := q.words
	add := func(severity data.NoticeSeverity, text string) {
		notices = append(notices, data.Notice{Severity: severity, Text: text})
	}
	if q.DomainMode != modeList {
		failed = slices.DeleteFunc(failed, isOffline)
	}
	if s := result.Search; s != nil {
		severity, text := searched(w, q, *s, len(result.Series))
		add(severity, text)
	}
	if text := filling(w, result, failed); text != "" {
		add(data.NoticeSeverityWarning, text)
		failed = slices.DeleteFunc(failed, func(s originflow.Series) bool { return !isNotLate(s) })
	}
	if len(failed) > 0 && len(failed) == len(result.Series) && !slices.ContainsFunc(failed, isNotForbidden) {
		add(data.NoticeSeverityWarning, w.Say("notice.forbidden", locales.Args{
			"metric": metricLabel(q.metric), "reason": explain(w, failed[0].Err).text,
		}))
		failed = nil
	}
	for i, s := range failed {
		if i == maxNamed {
			add(data.NoticeSeverityWarning, w.Say("notice.moreFailed", locales.Args{"count": len(failed) - maxNamed}))
			break
		}
		add(data.NoticeSeverityWarning, w.Say("notice.failed", locales.Args{
			"domain": s.Target.Name, "reason": explain(w, s.Err).text,
		}))
	}
	if list.Err != nil {
		add(data.NoticeSeverityWarning, w.Say("notice.oldList", locales.Args{
			"read": minute(list.Read), "reason": explain(w, list.Err).text,
		}))
	}
	if pattern := cmp.Or(q.DomainFilter, q.DomainPattern); len(result.Series) == 0 && result.Search == nil {
		switch {
		case q.DomainFilter != "" || q.DomainMode == modeRegex:
			add(data.NoticeSeverityInfo, w.Say("notice.noMatch", locales.Args{"pattern": strconv.Quote(pattern)}))
		case q.DomainMode == modeAll:
			add(data.NoticeSeverityInfo, w.Say("notice.noDomain", nil))
		}
	}
	if !result.ClippedTo.IsZero() {
		clipped, operations := "notice.clipped", strings.Split(result.Operation, ",")
		if len(operations) > 1 {
			clipped = "notice.clippedBoth"
		}
		add(data.NoticeSeverityWarning, w.Say(clipped, locales.Args{
			"operations": w.Join("list.and", operations...), "from": minute(result.ClippedTo),
		}))
	}
	var revised, unreadable int
	var coarser, crowded bool
	for _, s := range result.Series {
		revised += s.Revised
		unreadable += s.Unreadable
		if s.Coarser && !coarser {
			coarser = true
			add(data.NoticeSeverityInfo, w.Say("notice.coarser", locales.Args{"length": length(s.Granularity)}))
		}
		crowded = crowded || s.Crowded
		if len(s.LeftOut) > 0 && q.DomainMode == modeList { // that one of all domains is offline is no news
			add(data.NoticeSeverityWarning, w.Say("notice.leftOut", locales.Args{"domains": someOf(w, s.LeftOut)}))
		}
	}
	if revised > 0 {
		add(data.NoticeSeverityInfo, w.Say("notice.revised", locales.Args{"number": revised}))
	}
	if unreadable > 0 {
		add(data.NoticeSeverityWarning, w.Say("notice.unreadable", locales.Args{"number": unreadable}))
	}
	if crowded {
		add(data.NoticeSeverityWarning, w.Say("notice.crowded", nil))
	}
	if result.Alone != "" && result.Alone != sharedcache.Starting { // which passes by itself, at once
		// No warning: every number is right, and whoever looks at a panel has nothing to heed.
		add(data.NoticeSeverityInfo, w.Say("notice.alone", locales.Args{"reason": locales.Text{Key: troubles[result.Alone]}}))
	}
	if result.Unfinal {
		add(data.NoticeSeverityInfo, w.Say("notice.notFinal", locales.Args{"until": minute(result.SettledUntil)}))
	}
	return notices
}

// isNotForbidden tells whether it was not the RAM user's permissions that failed the series.
func isNotForbidden(s originflow.Series) bool { return !isForbidden(s.Err) }

// isForbidden tells whether the RAM user may not ask for it.
func isForbidden(err error) bool {
	failure, ok := errors.AsType[*cdn.Error](err)
	return ok && failure.Kind() == cdn.Forbidden
}

// isOffline tells whether the domain was taken offline. That one of all domains is, is no news.
func isOffline(s originflow.Series) bool {
	failure, ok := errors.AsType[*cdn.Error](s.Err)
	return ok && failure.Kind() == cdn.Offline
}

// someOf names the first of some, and counts the others.
func someOf(w *locales.Words, names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return w.Say("list.more", locales.Args{"names": names[:maxNamed], "more": more})
	}
	return w.Join("list.separator", names...)
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// length is a slice length in words, such as 5 minutes or 1 hour.
func length(d time.Duration) locales.Text {
	switch {
	case d%(24*time.Hour) == 0:
		return locales.Text{Key: "length.days", Args: locales.Args{"count": int(d / (24 * time.Hour))}}
	case d%time.Hour == 0:
		return locales.Text{Key: "length.hours", Args: locales.Args{"count": int(d / time.Hour)}}
	}
	if d%time.Minute != 0 {
		return locales.Text{Key: "length.seconds", Args: locales.Args{"count": int(d / time.Second)}}
	}
	return locales.Text{Key: "length.minutes", Args: locales.Args{"count": int(d / time.Minute)}}
}

// metricLabel is the name of a metric in sentences.
func metricLabel(m *originflow.Metric) locales.Text { return locales.Text{Key: "metric." + m.Name} }

// reference is what Alibaba Cloud's support needs of a failure.
func reference(w *locales.Words, failure *cdn.Error) string {
	var parts []string
	if failure.Code != "" {
		parts = append(parts, failure.Code)
	}
	if failure.RequestID != "" {
		parts = append(parts, "RequestId "+failure.RequestID)
	}
	if len(parts) == 0 {
		return ""
	}
	return w.Say("failure.reference", locales.Args{"parts": parts})
}
