package originflow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// Metric is a row of the catalogue: what a series shows, and how slices become longer ones and domains one series. All
// that is counted is added up; a ratio is that of the sums, never an average of ratios.
type Metric struct {
	// Name is the metric's in queries (queryType).
	Name string
	// Of is the operation whose values are shown. Per cent count as much as the volume that By answers for the slice.
	Of *cdn.Operation
	// By is the operation whose values they are divided by; nil for none.
	By *cdn.Operation
	// Units are those that the metric can be shown in, the usual first: names of rows of the table of units.
	Units []string
}

// The units of kinds of metrics.
var (
	flowUnits    = []string{"bits", "bytes", "bitsPerSecond", "bytesPerSecond"}
	requestUnits = []string{"count", "perSecond"}
	statusUnits  = []string{"count", "perSecond", "percent"}
	ratioUnits   = []string{"percent"}
)

// OriginFlow is what the edge pulled from the origin; it is the metric of whoever names none.
var OriginFlow = &Metric{Name: "originFlow", Of: cdn.SrcFlowData, Units: flowUnits}

// Metrics is the catalogue. docs/metrics.md says how to add a row.
var Metrics = []*Metric{
	OriginFlow,
	{Name: "edgeFlow", Of: cdn.TrafficData, Units: flowUnits},
	{Name: "originRequests", Of: cdn.SrcQPSData, Units: requestUnits},
	{Name: "edgeRequests", Of: cdn.QPSData, Units: requestUnits},
	{Name: "originStatus", Of: cdn.SrcHTTPCodeData, Units: statusUnits},
	{Name: "edgeStatus", Of: cdn.HTTPCodeData, Units: statusUnits},
	{Name: "hitRatio", Of: cdn.HitRateData, By: cdn.TrafficData, Units: ratioUnits},
	{Name: "requestHitRatio", Of: cdn.ReqHitRateData, By: cdn.QPSData, Units: ratioUnits},
	{Name: "originShare", Of: cdn.SrcFlowData, By: cdn.TrafficData, Units: ratioUnits},
}

// IsRatio tells whether the metric is a quotient.
func (m *Metric) IsRatio() bool { return m.By != nil }

// Weight is the metric of what a quotient is divided by, which tells how much it counts; of any other the metric itself.
func (m *Metric) Weight() *Metric {
	for _, other := range Metrics {
		if m.IsRatio() && other.Of == m.By && !other.IsRatio() {
			return other
		}
	}
	return m
}

// ByCode tells whether the metric is counted by HTTP status code.
func (m *Metric) ByCode() bool { return m.Of.ByCode() }

// isWeighted tells whether the values are ratios themselves, which count as much as what they are ratios of.
func (m *Metric) isWeighted() bool { return m.Of.Unit == cdn.Percent }

// operations are the operations of a metric, as they are called at the moment: of what is shown, and of what it is divided
// by.
type operations []*cdn.Operation

// names are the operations', comma separated.
func (ops operations) names() string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.Name()
	}
	return strings.Join(names, ",")
}

// maxDomains is the longest list of domains that one call of each can name.
func (ops operations) maxDomains() int {
	most := ops[0].MaxDomains
	for _, op := range ops {
		most = min(most, op.MaxDomains)
	}
	return most
}

// operations are the metric's, after those that are retired were replaced.
func (r *Reader) operations(m *Metric) operations {
	ops := operations{r.current(m.Of)}
	if m.By != nil {
		ops = append(ops, r.current(m.By))
	}
	return ops
}

// current is the operation, or its successor: where the API's version is set, by that, else once the former proved
// retired.
func (r *Reader) current(op *cdn.Operation) *cdn.Operation {
	if next := op.Successor; next != nil {
		version := cmp.Or(r.APIVersion, op.Version())
		if version == next.Version() || r.APIVersion == "" && r.Account.isRetired(op, r.Now()) {
			return next
		}
	}
	return op
}

// provedRetired tells whether err says that one of the operations is gone and another may take its place, which the
// account remembers.
func (r *Reader) provedRetired(ops operations, err error) bool {
	if r.APIVersion != "" || kindOf(err) != cdn.Retired {
		return false
	}
	for _, op := range ops {
		if op.Successor != nil && isOf(err, op) {
			r.Account.retire(op, r.Now())
			return true
		}
	}
	return false
}

// countsByCode tells whether an operation of the catalogue tells counts by status code.
func countsByCode(operation string) bool {
	return slices.ContainsFunc(Metrics, func(m *Metric) bool { return m.Of.Name() == operation && m.Of.ByCode() })
}
