package plugin

import (
	"regexp"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// placeholder is a name in a legend, such as {{domain}}.
var placeholder = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// legend is the name of a series: the format with the labels, the metric and the time shift in it. What tells series apart
// and is not in the format is added: the class or code, and the time shift.
func (q queryModel) legend(labels data.Labels) string {
	values := map[string]string{"metric": metricLabel(q.metric).In(q.words), "timeShift": q.TimeShift, "domain": "", byClass: "", byCode: ""}
	for name, value := range labels {
		values[name] = value
	}
	named := map[string]bool{}
	text := placeholder.ReplaceAllStringFunc(q.LegendFormat, func(text string) string {
		name := placeholder.FindStringSubmatch(text)[1]
		named[name] = true
		if value, known := values[name]; known {
			return value
		}
		return text
	})
	if status := labels[q.StatusBy]; status != "" && !named[q.StatusBy] {
		text += " " + status
	}
	if q.shift > 0 && !named["timeShift"] {
		text += " (-" + q.TimeShift + ")"
	}
	return text
}
