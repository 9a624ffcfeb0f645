package id_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aval-access/aval/services/kit/id"
)

func TestText(t *testing.T) {
	t.Parallel()

	t.Run("matches the published TypeID vectors", func(t *testing.T) {
		t.Parallel()
		u := id.FromUUID(uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057"))
		require.Equal(t, "prefix_01h455vb4pex5vsknk084sn02q", u.Text("prefix"))
		top := id.FromUUID(uuid.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff"))
		require.Equal(t, "x_7zzzzzzzzzzzzzzzzzzzzzzzzz", top.Text("x"))
	})

	t.Run("every id reads back", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(rt *rapid.T) {
			var in id.ID
			copy(in[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "bytes"))
			if in.IsZero() {
				return
			}
			out, err := id.Parse("org", in.Text("org"))
			if err != nil || out != in {
				rt.Fatalf("%v came back as %v: %v", in, out, err)
			}
		})
	})

	t.Run("zero has no outer form", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, id.ID{}.Text("org"))
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := id.New().Text("org")
	for name, text := range map[string]string{
		"empty":          "",
		"other prefix":   strings.Replace(good, "org_", "usr_", 1),
		"upper case":     strings.ToUpper(good),
		"too short":      good[:len(good)-1],
		"too long":       good + "0",
		"overflow":       "org_8zzzzzzzzzzzzzzzzzzzzzzzzz",
		"letter outside": "org_01h455vb4pex5vsknk084sn02u",
		"zero":           "org_00000000000000000000000000",
		"space":          " " + good,
		"a bare uuid":    id.New().String(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := id.Parse("org", text)
			require.ErrorIs(t, err, id.ErrMalformed)
		})
	}
}

func TestDatabaseForms(t *testing.T) {
	t.Parallel()
	want := id.New()

	var got id.ID
	require.NoError(t, got.Scan(want.String()))
	require.Equal(t, want, got)
	require.NoError(t, got.Scan(want[:]))
	require.Equal(t, want, got)
	require.NoError(t, got.Scan(nil))
	require.True(t, got.IsZero())
	require.Error(t, got.Scan(7))

	value, err := id.ID{}.Value()
	require.NoError(t, err)
	require.Nil(t, value, "the zero id is NULL")
}

func TestPgxCodec(t *testing.T) {
	t.Parallel()
	m := pgtype.NewMap()
	want := []id.ID{id.New(), {}, id.New()}

	for _, format := range []int16{pgtype.BinaryFormatCode, pgtype.TextFormatCode} {
		buf, err := m.Encode(pgtype.UUIDArrayOID, format, want, nil)
		require.NoError(t, err)
		var got []id.ID
		require.NoError(t, m.Scan(pgtype.UUIDArrayOID, format, buf, &got))
		require.Equal(t, want, got)
	}
}

func TestJSONReadsBack(t *testing.T) {
	t.Parallel()
	want := id.New()
	text, err := json.Marshal(map[string]id.ID{"a": want})
	require.NoError(t, err)
	var got map[string]id.ID
	require.NoError(t, json.Unmarshal(text, &got))
	require.Equal(t, want, got["a"])
}
