package simulation

import (
	"sync"
	"time"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdnsim"
)

// measure is something that is counted: the true number of a domain in a 5-minute slice, in byte or requests.
type measure int

const (
	originBytes measure = iota
	edgeBytes
	originRequests
	edgeRequests
)

var measures = [...]func(domain string, t time.Time) int64{
	originBytes: cdnsim.Traffic, edgeBytes: cdnsim.EdgeTraffic,
	originRequests: cdnsim.OriginRequests, edgeRequests: cdnsim.EdgeRequests,
}

// aspect is what a metric shows: a measure, or the share of one in another, or what is left of that share.
type aspect struct {
	of   measure
	by   measure
	kind aspectKind
	// byCode tells that the measure is the sum of counts, each of which comes by itself.
	byCode bool
}

type aspectKind int

const (
	volume aspectKind = iota
	share
	rest
)

var aspects = map[string]aspect{
	"originFlow":      {of: originBytes},
	"edgeFlow":        {of: edgeBytes},
	"originRequests":  {of: originRequests},
	"edgeRequests":    {of: edgeRequests},
	"originStatus":    {of: originRequests, byCode: true},
	"edgeStatus":      {of: edgeRequests, byCode: true},
	"hitRatio":        {of: originBytes, by: edgeBytes, kind: rest},
	"requestHitRatio": {of: originRequests, by: edgeRequests, kind: rest},
	"originShare":     {of: originBytes, by: edgeBytes, kind: share},
}

// traffic remembers what was served, a day at a time: the oracle asks for the same slices at every refresh.
type traffic struct {
	mu   sync.Mutex
	days map[measuredDay]*[day / slice]int64
}

type measuredDay struct {
	measure
	domain string
	day    int64
}

// at is the measure of a domain in the slice that starts at start.
func (t *traffic) at(m measure, domain string, start int64) int64 {
	const length, slices = int64(slice / time.Second), int64(day / slice)
	key := measuredDay{m, domain, start / (slices * length)}
	t.mu.Lock()
	defer t.mu.Unlock()
	values := t.days[key]
	if values == nil {
		if t.days == nil {
			t.days = map[measuredDay]*[day / slice]int64{}
		}
		values = new([day / slice]int64)
		for i := range values {
			values[i] = measures[m](domain, time.Unix((key.day*slices+int64(i))*length, 0))
		}
		t.days[key] = values
	}
	return values[start/length%slices]
}
