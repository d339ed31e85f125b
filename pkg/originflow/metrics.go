package originflow

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/originflow/aliyuncdn-datasource/pkg/cdn"
)

// metrics are what an operator of Grafana sees of the plugin, under /metrics/plugins. No label holds a domain, an account
// or anything secret.
type metrics struct {
	calls     *prometheus.CounterVec
	throttles prometheus.Counter
	slices    *prometheus.CounterVec
	revised   prometheus.Counter
	evictions prometheus.Counter
	bytes     prometheus.Gauge
	queue     prometheus.Histogram
}

// processMetrics are registered once, in the registry that the plugin SDK serves.
var processMetrics = newMetrics(promauto.With(prometheus.DefaultRegisterer))

func newMetrics(register promauto.Factory) *metrics {
	const namespace = "aliyuncdn"
	return &metrics{
		calls: register.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "api_calls_total",
			Help: "Calls of the CDN API, by operation and outcome.",
		}, []string{"operation", "outcome"}),
		throttles: register.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "api_throttles_total",
			Help: "Calls that the CDN API refused because the account calls too often.",
		}),
		slices: register.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "slices_total",
			Help: "Slices served, by where they came from: cache (memory), shared (what replicas have in common) or api.",
		}, []string{"source"}),
		revised: register.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "slices_revised_total",
			Help: "Slices that had been taken as final and were answered with another value later: data later than dataDelay.",
		}),
		evictions: register.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "cache_evictions_total",
			Help: "Blocks of 288 slices that left the cache to make room.",
		}),
		bytes: register.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "cache_bytes",
			Help: "Memory taken by cached slices of all accounts, in byte; the bound is cacheMaxMB for each.",
		}),
		queue: register.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "queue_wait_seconds",
			Help: "Time that calls waited for the account's call budget, in seconds.", Buckets: prometheus.DefBuckets,
		}),
	}
}

func (m *metrics) called(operation string, failure cdn.Kind) {
	outcome := "ok"
	if failure != "" {
		outcome = string(failure)
	}
	m.calls.WithLabelValues(operation, outcome).Inc()
	if failure == cdn.Throttled {
		m.throttles.Inc()
	}
}

func (m *metrics) served(cached, shared, fetched int) {
	m.slices.WithLabelValues("cache").Add(float64(cached))
	m.slices.WithLabelValues("shared").Add(float64(shared))
	m.slices.WithLabelValues("api").Add(float64(fetched))
}

func (m *metrics) waited(d time.Duration) { m.queue.Observe(d.Seconds()) }
