package grpcserver

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc"

	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
)

// sampleEvery is the share of ordinary requests that are logged at Info; the
// others are logged at Debug.
const sampleEvery = 1000

// logUnary stands inside faults, where errors still have their cause.
func (s *Server) logUnary(
	ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	begun := time.Now()
	resp, err := handler(ctx, req)
	s.logCall(ctx, info.FullMethod, begun, err)
	return resp, err
}

func (s *Server) logStream(
	srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler,
) error {
	begun := time.Now()
	err := handler(srv, ss)
	if gone := ss.Context().Err(); err != nil && gone != nil {
		s.logCall(ss.Context(), info.FullMethod, begun, gone) // however the handler noticed
		return err
	}
	s.logCall(ss.Context(), info.FullMethod, begun, err)
	return err
}

func (s *Server) logCall(ctx context.Context, method string, begun time.Time, err error) {
	log := s.options.Telemetry.Log
	c := callFrom(ctx)
	level := s.level(err)
	if err != nil && level < slog.LevelWarn && forSomebodyElse(c.caller) {
		level = slog.LevelWarn
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.Duration("duration", time.Since(begun)),
		slog.String("peer", c.caller.SPIFFE),
	}
	if c.caller.Person != nil {
		attrs = append(attrs, slog.String("user_id", c.caller.Person.UserID.Text("usr")))
	}
	if forSomebodyElse(c.caller) {
		attrs = append(attrs, actingFor(*c.caller.Person)...)
	}
	if err != nil {
		attrs = append(attrs,
			slog.String("code", fault.ToStatus(err, "en").Code().String()),
			slog.Any("error", err))
	}
	log.LogAttrs(ctx, level, "request handled", attrs...)
}

// forSomebodyElse tells a support token, which is for the product of its visit
// and for nothing here: whatever it tries is worth a look.
func forSomebodyElse(c authn.Caller) bool { return c.Person != nil && c.Person.Act != nil }

// actingFor names the account that somebody acts in, for whom, and on which
// visit.
func actingFor(p authn.Person) []slog.Attr {
	return []slog.Attr{
		slog.String("account_id", p.OrganizationID.Text("org")),
		slog.String("acting_for_id", p.Act.OrganizationID.Text("org")),
		slog.String("support_session_id", p.SessionID.Text("sup")),
	}
}

// level: what nobody expected is an error, one request in a thousand shows what
// is going on, the rest is for debugging.
func (s *Server) level(err error) slog.Level {
	if err != nil && !fault.Expected(err) {
		return slog.LevelError
	}
	if s.logged.Add(1)%sampleEvery == 1 {
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
