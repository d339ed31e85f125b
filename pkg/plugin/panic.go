package plugin

import (
	"context"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/originflow/aliyuncdn-datasource/pkg/guard"
)

// guarded runs do. A panic is logged, and is the error. Whatever Grafana or a timer calls goes through it: the SDK would
// answer with what was panicked with, and log it, where it does not let the process end.
func guarded(ctx context.Context, do func()) error {
	if p := guard.Run(do); p != nil {
		logPanic(ctx, p)
		return p
	}
	return nil
}

// logPanic writes down what a report of a defect needs.
func logPanic(ctx context.Context, p *guard.Panic) {
	backend.Logger.FromContext(ctx).Error("The plugin panicked", "panic", p.What, "stack", p.Stack)
}

// guardedHandler is next, which a panic makes answer with our fault.
func (d *Datasource) guardedHandler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := guarded(r.Context(), func() { next.ServeHTTP(w, r) }); err != nil {
			d.writeError(w, err)
		}
	})
}
