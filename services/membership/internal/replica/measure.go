package replica

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/metric"
)

// measure makes the metrics.
func (r *Replica) measure() (err error) {
	meter := r.Telemetry.Meter.Meter("decisions")
	r.asked, err = meter.Int64Counter("aval_decisions_from_tables_total",
		metric.WithDescription("Questions answered by the tables, for want of a lease; alarm while it grows."))
	if err != nil {
		return fmt.Errorf("making metrics of decisions: %w", err)
	}
	_, err = meter.Float64ObservableGauge("aval_decisions_lease_age_seconds",
		metric.WithDescription("Time since the lease was renewed; alarm over 2, where memory may not answer."),
		metric.WithFloat64Callback(func(_ context.Context, o metric.Float64Observer) error {
			if s := r.standing.Load(); s != nil {
				o.Observe(r.Now().Sub(s.Since).Seconds())
			}
			return nil
		}))
	if err != nil {
		return fmt.Errorf("making metrics of decisions: %w", err)
	}
	return nil
}
