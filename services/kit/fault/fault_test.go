package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func TestReasonSurvivesWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("inviting: %w", fault.New(reasonv1.Reason_REASON_ALREADY_MEMBER))
	require.Equal(t, reasonv1.Reason_REASON_ALREADY_MEMBER, fault.ReasonOf(err))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_ALREADY_MEMBER))
	require.False(t, fault.Is(errors.New("x"), reasonv1.Reason_REASON_UNSPECIFIED))
	require.Equal(t, reasonv1.Reason_REASON_UNSPECIFIED, fault.ReasonOf(errors.New("x")))
}

func TestFaultCrossesTheWireIntact(t *testing.T) {
	t.Parallel()
	sent := fault.New(reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS,
		fault.Field("email", "string.email"),
		fault.Field("name", "required"),
		fault.Meta("limit", "5"),
		fault.RetryAfter(30*time.Second),
		fault.Cause(errors.New("secret detail")),
	)
	st := fault.ToStatus(fmt.Errorf("signing in: %w", sent), "en")
	require.Equal(t, codes.ResourceExhausted, st.Code())
	require.NotContains(t, st.String(), "secret")

	got, ok := fault.Details(fault.FromStatus(st.Err()))
	require.True(t, ok)
	require.Equal(t, reasonv1.Reason_REASON_TOO_MANY_ATTEMPTS, got.Reason())
	require.Equal(t, []fault.Violation{{"email", "string.email"}, {"name", "required"}}, got.Fields())
	require.Equal(t, map[string]string{"limit": "5"}, got.Metadata())
	require.Equal(t, 30*time.Second, got.RetryAfter())
}

func TestToStatus(t *testing.T) {
	t.Parallel()

	t.Run("speaks the caller's language", func(t *testing.T) {
		t.Parallel()
		st := fault.ToStatus(fault.Invalid("name", "required"), "fr-FR")
		var said *errdetails.LocalizedMessage
		var fields *errdetails.BadRequest
		for _, d := range st.Details() {
			switch d := d.(type) {
			case *errdetails.LocalizedMessage:
				said = d
			case *errdetails.BadRequest:
				fields = d
			}
		}
		require.Equal(t, "fr", said.GetLocale())
		require.Equal(t, fault.Text(reasonv1.Reason_REASON_INVALID_ARGUMENT, "fr"), said.GetMessage())
		require.Equal(t, "Ce champ est obligatoire.", fields.GetFieldViolations()[0].GetLocalizedMessage().GetMessage())
		require.Equal(t, "required", fields.GetFieldViolations()[0].GetReason())
	})

	t.Run("hides what was not expected", func(t *testing.T) {
		t.Parallel()
		st := fault.ToStatus(errors.New("dial tcp 10.0.0.1: password=x"), "en")
		require.Equal(t, codes.Internal, st.Code())
		require.NotContains(t, st.String(), "10.0.0.1")
	})

	t.Run("does not pass on another service's raw answer", func(t *testing.T) {
		t.Parallel()
		raw := status.Error(codes.PermissionDenied, "inner detail")
		require.Equal(t, codes.Internal, fault.ToStatus(raw, "en").Code())
		require.Equal(t, codes.Internal, fault.ToStatus(fault.FromStatus(raw), "en").Code())
	})

	t.Run("tells a late answer from a caller who left", func(t *testing.T) {
		t.Parallel()
		late := fault.ToStatus(fmt.Errorf("asking: %w", context.DeadlineExceeded), "en")
		require.Equal(t, codes.DeadlineExceeded, late.Code())
		require.Equal(t, codes.Canceled, fault.ToStatus(context.Canceled, "en").Code())
		require.Nil(t, fault.ToStatus(nil, "en"))
	})

	t.Run("keeps unimplemented", func(t *testing.T) {
		t.Parallel()
		st := fault.ToStatus(status.Error(codes.Unimplemented, "method X"), "en")
		require.Equal(t, codes.Unimplemented, st.Code())
	})
}

func TestFromStatusKeepsTheTransportsMeaning(t *testing.T) {
	t.Parallel()
	for code, want := range map[codes.Code]reasonv1.Reason{
		codes.Unavailable:      reasonv1.Reason_REASON_UNAVAILABLE,
		codes.DeadlineExceeded: reasonv1.Reason_REASON_DEADLINE_EXCEEDED,
		codes.Unknown:          reasonv1.Reason_REASON_INTERNAL,
	} {
		require.Equal(t, want, fault.ReasonOf(fault.FromStatus(status.Error(code, "x"))), code)
	}
	require.ErrorIs(t, fault.FromStatus(status.Error(codes.Canceled, "x")), context.Canceled)
	require.NoError(t, fault.FromStatus(nil))
	plain := errors.New("plain")
	require.Equal(t, plain, fault.FromStatus(plain))
}

func TestWithAddsToACopy(t *testing.T) {
	t.Parallel()
	first := fault.New(reasonv1.Reason_REASON_ADDRESS_INVALID)
	second := fault.With(first, fault.Field("email", "email"))
	before, _ := fault.Details(first)
	after, _ := fault.Details(second)
	require.Empty(t, before.Fields())
	require.Len(t, after.Fields(), 1)
	plain := errors.New("plain")
	require.Equal(t, plain, fault.With(plain, fault.Field("a", "b")))
}

func TestExpected(t *testing.T) {
	t.Parallel()
	require.True(t, fault.Expected(fault.NotFound()))
	require.True(t, fault.Expected(context.Canceled))
	require.False(t, fault.Expected(errors.New("x")))
	require.False(t, fault.Expected(fault.New(reasonv1.Reason_REASON_INTERNAL)))
}
