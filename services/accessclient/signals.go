package accessclient

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

const scope = "github.com/aval-access/aval/services/accessclient"

// signals are what the client tells about itself.
type signals struct {
	tracer   trace.Tracer
	checks   metric.Int64Counter
	duration metric.Float64Histogram
	batch    metric.Int64Histogram
	lost     metric.Int64Counter

	allowed, denied, unanswered metric.MeasurementOption
}

func newSignals(o Options) (*signals, error) {
	meter := o.Meter.Meter(scope)
	s := &signals{tracer: o.Tracer.Tracer(scope), allowed: outcome("allowed"), denied: outcome("denied"), unanswered: outcome("unanswered")}
	var err error
	s.checks, err = meter.Int64Counter("aval.accessclient.checks",
		metric.WithDescription("Questions asked, by outcome: allowed, denied, unanswered."))
	if err != nil {
		return nil, fmt.Errorf("making the counter of checks: %w", err)
	}
	s.duration, err = meter.Float64Histogram("aval.accessclient.duration", metric.WithUnit("s"),
		metric.WithDescription("Time of a call, until all it asked was answered or was not."),
		metric.WithExplicitBucketBoundaries(.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5))
	if err != nil {
		return nil, fmt.Errorf("making the histogram of durations: %w", err)
	}
	s.batch, err = meter.Int64Histogram("aval.accessclient.batch",
		metric.WithDescription("Questions that travelled in one message."),
		metric.WithExplicitBucketBoundaries(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))
	if err != nil {
		return nil, fmt.Errorf("making the histogram of batches: %w", err)
	}
	s.lost, err = meter.Int64Counter("aval.accessclient.lost",
		metric.WithDescription("Streams lost, or not to be had."))
	if err != nil {
		return nil, fmt.Errorf("making the counter of lost streams: %w", err)
	}
	return s, nil
}

func outcome(word string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", word)))
}

// checked counts what a call asked.
func (s *signals) checked(ctx context.Context, decisions []Decision, err error, took time.Duration) {
	s.duration.Record(ctx, took.Seconds())
	if err != nil {
		s.checks.Add(ctx, int64(len(decisions)), s.unanswered)
		return
	}
	yes := 0
	for _, d := range decisions {
		if d.Allowed {
			yes++
		}
	}
	if yes > 0 {
		s.checks.Add(ctx, int64(yes), s.allowed)
	}
	if yes < len(decisions) {
		s.checks.Add(ctx, int64(len(decisions)-yes), s.denied)
	}
}
