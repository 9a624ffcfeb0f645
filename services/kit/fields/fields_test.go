package fields_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/kit/id"
)

func TestIDsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	one, two := id.New(), id.New()
	var r fields.Reader
	require.Equal(t, one, r.ID("usr", "user_id", one.Text("usr")))
	require.Equal(t, two, r.Optional("org", "organization_id", two.Text("org")))
	require.Equal(t, []id.ID{one, two}, r.IDs("dos", "dossier_ids", []string{one.Text("dos"), two.Text("dos")}))
	require.NoError(t, r.Err())
}

func TestOnlyAnOptionalIDMayBeAbsent(t *testing.T) {
	t.Parallel()
	var r fields.Reader
	require.Zero(t, r.Optional("usr", "user_id", ""))
	require.NoError(t, r.Err())
	require.Zero(t, r.ID("usr", "user_id", ""))
	require.Error(t, r.Err())
}

func TestTheFirstMalformedIDIsNamed(t *testing.T) {
	t.Parallel()
	good := id.New()
	for name, read := range map[string]func(*fields.Reader){
		"user_id":        func(r *fields.Reader) { r.ID("usr", "user_id", good.Text("org")); r.ID("usr", "other_id", "") },
		"partner_id":     func(r *fields.Reader) { r.Optional("org", "partner_id", "org_x") },
		"dossier_ids[1]": func(r *fields.Reader) { r.IDs("dos", "dossier_ids", []string{good.Text("dos"), "dos_x", "dos_y"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r fields.Reader
			read(&r)
			details, ok := fault.Details(r.Err())
			require.True(t, ok)
			require.Len(t, details.Fields(), 1)
			require.Equal(t, name, details.Fields()[0].Field)
		})
	}
}

func TestAnAbsentTimeIsTheZeroTime(t *testing.T) {
	t.Parallel()
	require.Nil(t, fields.Time(time.Time{}))
	require.Zero(t, fields.TimeOf(nil))
	at := time.Date(2026, 11, 2, 9, 0, 0, 123456000, time.UTC)
	require.Equal(t, at, fields.TimeOf(fields.Time(at)))
}

func TestAnEnumsWordHasNoPrefixAndUnspecifiedHasNone(t *testing.T) {
	t.Parallel()
	require.Equal(t, "EDITOR", fields.Word(authzv1.Level_LEVEL_EDITOR, "LEVEL_"))
	require.Empty(t, fields.Word(authzv1.Level_LEVEL_UNSPECIFIED, "LEVEL_"))
	require.Empty(t, fields.Word(authzv1.Level(99), "LEVEL_"))
}

func TestAWordThatTheEnumDoesNotHaveIsUnspecified(t *testing.T) {
	t.Parallel()
	require.Equal(t, authzv1.Level_LEVEL_EDITOR, fields.Enum[authzv1.Level]("EDITOR", "LEVEL_"))
	require.Zero(t, fields.Enum[authzv1.Level]("", "LEVEL_"))
	require.Zero(t, fields.Enum[authzv1.Level]("GOD", "LEVEL_"))
}
