package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

const (
	codeUniqueViolation = "23505"
	codeCheckViolation  = "23514"
	codeLockTimeout     = "55P03"
	codeQueryCanceled   = "57014" // by the statement's timeout, when the caller still waits
)

// IsUnique tells whether the error says that this unique constraint or index
// already holds the value.
func IsUnique(err error, constraint string) bool {
	return violates(err, codeUniqueViolation, constraint)
}

// IsCheck tells whether this check constraint refused the row.
func IsCheck(err error, constraint string) bool {
	return violates(err, codeCheckViolation, constraint)
}

func violates(err error, code, constraint string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code && e.ConstraintName == constraint
}

// commitError tells a refused commit from one whose outcome nobody knows: the
// caller must then ask again with the same request_id.
func commitError(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) || errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("committing: %w", err)
	}
	return unavailable("committing, outcome unknown", err)
}

// unavailable keeps refusals of the server and ends of the caller's context as
// they are; everything else is a database that cannot be reached.
func unavailable(doing string, err error) error {
	var e *pgconn.PgError
	wrapped := fmt.Errorf("%s: %w", doing, err)
	if errors.As(err, &e) && !isShutdown(e) {
		return wrapped
	}
	if errors.Is(err, context.Canceled) && !errors.Is(err, pgx.ErrTxClosed) {
		return wrapped
	}
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(wrapped))
}

// isShutdown matches class 57P (the server stops or starts) and too many
// connections.
func isShutdown(e *pgconn.PgError) bool {
	return len(e.Code) == 5 && (e.Code[:3] == "57P" || e.Code == "53300")
}

// lostConnection makes an unexpected error of the work UNAVAILABLE when the
// server went away under it, or it took too long.
func lostConnection(ctx context.Context, conn *pgx.Conn, err error) error {
	if conn.IsClosed() && ctx.Err() == nil && fault.ReasonOf(err) == reasonv1.Reason_REASON_UNSPECIFIED {
		return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(err))
	}
	return passing(ctx, err)
}

// passing makes an unexpected error UNAVAILABLE that says no more than that the
// server stops or took too long, for instance because many stood before the same
// row.
func passing(ctx context.Context, err error) error {
	var e *pgconn.PgError
	passes := errors.As(err, &e) && (isShutdown(e) || e.Code == codeLockTimeout || e.Code == codeQueryCanceled)
	if !passes || ctx.Err() != nil || fault.ReasonOf(err) != reasonv1.Reason_REASON_UNSPECIFIED {
		return err
	}
	return fault.New(reasonv1.Reason_REASON_UNAVAILABLE, fault.Cause(err))
}
