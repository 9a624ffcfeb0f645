package page

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/wrapperspb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/id"
)

// asking is a list request: the message is its filter.
type asking struct {
	*wrapperspb.StringValue
	size  int32
	token string
}

func (a asking) GetPageSize() int32   { return a.size }
func (a asking) GetPageToken() string { return a.token }

func ask(filter string, size int32, token string) asking {
	return asking{StringValue: wrapperspb.String(filter), size: size, token: token}
}

func caller(t *testing.T) context.Context {
	t.Helper()
	return authn.NewContext(t.Context(), authn.Caller{
		Class:  authzv1.CallerClass_CALLER_CLASS_PERSON,
		Person: &authn.Person{UserID: id.New(), OrganizationID: id.New()},
	})
}

func TestAListIsReadPageByPageToItsEnd(t *testing.T) {
	t.Parallel()
	sealer, _ := setup(t, key(1))
	ctx := caller(t)
	rows := []id.ID{id.New(), id.New(), id.New()}

	var seen []id.ID
	token := ""
	for range len(rows) {
		list, err := sealer.List(ctx, ask("f", 1, token))
		require.NoError(t, err)
		after, err := list.AfterID()
		require.NoError(t, err)
		rest := rows[slices.Index(rows, after)+1:]
		given, next, err := Cut(list, rest[:min(len(rest), list.Limit())], KeyID)
		require.NoError(t, err)
		seen = append(seen, given...)
		token = next
	}
	require.Equal(t, rows, seen)
	require.Empty(t, token)
}

func TestAPageTokenServesItsCallerAndFilterAlone(t *testing.T) {
	t.Parallel()
	sealer, _ := setup(t, key(1))
	ctx := caller(t)
	list, err := sealer.List(ctx, ask("f", 1, ""))
	require.NoError(t, err)
	_, token, err := Cut(list, []id.ID{id.New(), id.New()}, KeyID)
	require.NoError(t, err)

	_, err = sealer.List(ctx, ask("f", 7, token))
	require.NoError(t, err, "another size is the same list")
	_, err = sealer.List(ctx, ask("g", 1, token))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID))
	_, err = sealer.List(caller(t), ask("f", 1, token))
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID))
}

func TestTheKeyOfARowIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	at, row := time.Date(2026, 11, 2, 9, 0, 0, 123456000, time.UTC), id.New()
	next := goOn(t, KeyTimeID(at, row))
	gotAt, gotRow, err := next.AfterTimeID()
	require.NoError(t, err)
	require.Equal(t, at, gotAt)
	require.Equal(t, row, gotRow)

	text, gotRow, err := goOn(t, KeyTextID("bois", row)).AfterTextID()
	require.NoError(t, err)
	require.Equal(t, "bois", text)
	require.Equal(t, row, gotRow)

	text, err = goOn(t, []string{"a/b"}).AfterText()
	require.NoError(t, err)
	require.Equal(t, "a/b", text)
}

func TestAKeyOfAnotherOrderIsRefused(t *testing.T) {
	t.Parallel()
	_, err := goOn(t, []string{"no id"}).AfterID()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID))
	_, _, err = goOn(t, KeyID(id.New())).AfterTextID()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID))
	_, _, err = goOn(t, KeyTextID("no time", id.New())).AfterTimeID()
	require.True(t, fault.Is(err, reasonv1.Reason_REASON_PAGE_TOKEN_INVALID))
}

// goOn is the page after a row with the key.
func goOn(t *testing.T, after []string) List {
	t.Helper()
	sealer, _ := setup(t, key(1))
	ctx := caller(t)
	list, err := sealer.List(ctx, ask("f", 1, ""))
	require.NoError(t, err)
	_, token, err := Cut(list, []int{1, 2}, func(int) []string { return after })
	require.NoError(t, err)
	next, err := sealer.List(ctx, ask("f", 1, token))
	require.NoError(t, err)
	return next
}
