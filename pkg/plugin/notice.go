package plugin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

// maxNamed bounds the failed domains that notices name one by one.
const maxNamed = 5

// notices say what a user must know about a result and could not guess.
func notices(
	q queryModel, list originflow.DomainList, result originflow.Result, failed []originflow.Series,
) []data.Notice {
	var notices []data.Notice
	add := func(severity data.NoticeSeverity, format string, args ...any) {
		notices = append(notices, data.Notice{Severity: severity, Text: fmt.Sprintf(format, args...)})
	}
	if q.DomainMode != modeList {
		failed = slices.DeleteFunc(failed, isOffline)
	}
	if len(failed) > 0 && len(failed) == len(result.Series) && !slices.ContainsFunc(failed, isNotForbidden) {
		add(data.NoticeSeverityWarning, "No %s: %s", q.metric.Label, explain(failed[0].Err).text)
		failed = nil
	}
	for i, s := range failed {
		if i == maxNamed {
			add(data.NoticeSeverityWarning, "%d more domains failed.", len(failed)-maxNamed)
			break
		}
		add(data.NoticeSeverityWarning, "%s failed: %s", s.Target.Name, explain(s.Err).text)
	}
	if list.Err != nil {
		add(data.NoticeSeverityWarning, "The list of domains is that of %s; there is no newer one: %s",
			minute(list.Read), explain(list.Err).text)
	}
	if len(result.Series) == 0 && q.DomainMode == modeRegex {
		add(data.NoticeSeverityInfo, "No domain of the account matches %q.", q.DomainPattern)
	}
	if len(result.Series) == 0 && q.DomainMode == modeAll {
		add(data.NoticeSeverityInfo, "The account has no domain.")
	}
	if !result.ClippedTo.IsZero() {
		operations, have := strings.Split(result.Operation, ","), "has"
		if len(operations) > 1 {
			have = "have"
		}
		add(data.NoticeSeverityWarning, "%s %s no older data than %s: the range begins there.",
			strings.Join(operations, " and "), have, minute(result.ClippedTo))
	}
	var revised int
	var coarser, crowded bool
	for _, s := range result.Series {
		revised += s.Revised
		if s.Coarser && !coarser {
			coarser = true
			add(data.NoticeSeverityInfo, "The API answered with slices of %s, longer than asked for.", length(s.Granularity))
		}
		crowded = crowded || s.Crowded
		if len(s.LeftOut) > 0 && q.DomainMode == modeList { // that one of all domains is offline is no news
			add(data.NoticeSeverityWarning, "The merged series is the sum without %s, unknown to the API or offline.", someOf(s.LeftOut))
		}
	}
	if revised > 0 {
		add(data.NoticeSeverityInfo, "Slices that were taken as final and have other values now: %d. The API had their data late. "+
			"If that goes on, raise dataDelay in the data source settings; its health check tells how late the data is.", revised)
	}
	if crowded {
		add(data.NoticeSeverityWarning, "The cache is full of slices in use, so a part of this range is fetched anew at every "+
			"refresh. Raise cacheMaxMB in the data source settings, or ask for longer slices or fewer domains.")
	}
	if result.Unfinal {
		add(data.NoticeSeverityInfo, "No data is final yet in this range: it is up to %s. "+
			"Set Provisional to show to see newer data that may still change.", minute(result.SettledUntil))
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
func someOf(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// length is a slice length in words, such as 5 minutes or 1 hour.
func length(d time.Duration) string {
	count, unit := d/time.Minute, "minute"
	switch {
	case d%(24*time.Hour) == 0:
		count, unit = d/(24*time.Hour), "day"
	case d%time.Hour == 0:
		count, unit = d/time.Hour, "hour"
	}
	if count != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", count, unit)
}

// reference is what Alibaba Cloud's support needs of a failure.
func reference(failure *cdn.Error) string {
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
	return " (" + strings.Join(parts, ", ") + ")"
}
