package plugin

import (
	"context"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/concurrent"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
	"github.com/originflow/aliyuncdn-datasource/pkg/originflow"
)

const (
	// queriesAtOnce bounds the queries of one request that run at the same time.
	queriesAtOnce = 10
	// answerWithin is how long a query may take when Grafana sets no deadline of its own.
	answerWithin = 55 * time.Second
	// patience is how long a panel waits for all of its series before it shows those that are there: less than a usual refresh.
	patience = 20 * time.Second
	// answerMargin is how long before Grafana's deadline a query gives up waiting and answers with what it has.
	answerMargin = time.Second
)

// QueryData answers the queries of a panel or an alert rule, each on its own: one that fails does not fail the others.
func (d *Datasource) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	ctx, cancel := beforeDeadline(ctx)
	defer cancel()
	alert := request.Headers[backend.FromAlertHeaderName] == "true"
	return concurrent.QueryData(ctx, request, func(ctx context.Context, query concurrent.Query) (response backend.DataResponse) {
		if err := guarded(ctx, func() { response = d.query(ctx, query.DataQuery, alert) }); err != nil {
			return errorResponse(d.words, err)
		}
		return response
	}, queriesAtOnce)
}

// beforeDeadline ends the context a little before its deadline, to leave time for an answer.
func beforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	within := answerWithin
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		within = left - min(answerMargin, left/10)
	}
	return context.WithTimeout(ctx, within)
}

func (d *Datasource) query(ctx context.Context, query backend.DataQuery, alert bool) backend.DataResponse {
	q, err := parseQuery(query.JSON)
	if err != nil {
		return errorResponse(d.words, badRequest(err))
	}
	q.words = d.words
	if q.isHidden() {
		return backend.DataResponse{Status: backend.StatusOK}
	}
	if d.broken != nil {
		return errorResponse(d.words, badRequest(d.broken))
	}
	began := time.Now()
	targets, list, err := d.targets(ctx, q, alert)
	if isForbidden(err) && q.bears(alert) {
		nobody := originflow.Series{Err: err}
		return response(q, list, originflow.Result{Operation: cdn.UserDomains, Series: []originflow.Series{nobody}}, alert)
	}
	if err != nil {
		return errorResponse(d.words, err)
	}
	if !alert && len(targets) > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, began.Add(patience))
		defer cancel()
	}
	result := d.reader().Read(ctx, originflow.Request{
		Metric:        q.metric,
		Codes:         q.codeGroups(),
		Targets:       targets,
		Largest:       q.largest(len(targets)),
		From:          query.TimeRange.From,
		To:            query.TimeRange.To,
		Shift:         q.shift,
		Interval:      query.Interval,
		MaxDataPoints: query.MaxDataPoints,
		Granularity:   granularities[q.Granularity],
		TimeMerge:     timeMerges[q.TimeMerge],
		FixTimeGap:    q.GapFill == gapZero,
		Provisional:   provisional[q.Provisional],
		Alert:         alert,
	})
	log := backend.Logger.FromContext(ctx)
	for _, s := range result.Series {
		if len(s.Calls) == 0 && s.Err == nil {
			continue // a refresh of what is held: a wall of panels would write a thousand lines a second
		}
		log.Debug("Read metric", "metric", q.QueryType, "refId", query.RefID, "domain", s.Target.Name, "operation", result.Operation,
			"calls", len(s.Calls), "fetched", s.Fetched, "cached", s.Cached, "error", s.Err)
	}
	return response(q, list, result, alert)
}
