package rpc_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/accessclient"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
)

func TestAWatchTellsWhatHoldsThenWhatChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.loser()
	account, user := l.account.Text("org"), l.user.Text("usr")
	c := dial(t, b.clientOptions(b.server.Addr()))
	ofAccount, stopAccount := iter.Pull2(c.Watch(bounded(t), accessclient.Watched{Account: account}))
	defer stopAccount()
	ofUser, stopUser := iter.Pull2(c.Watch(bounded(t), accessclient.Watched{Subject: user}))
	defer stopUser()
	next := func(pull func() (accessclient.Change, error, bool)) accessclient.Change {
		change, err, more := pull()
		require.NoError(t, err)
		require.True(t, more)
		return change
	}

	whole := next(ofAccount)
	require.True(t, whole.Whole)
	require.Len(t, whole.Holding, 2, "the owner and the member")
	require.Empty(t, whole.Ended)
	reach := accessclient.Reach{Account: account, Subject: user, Source: accessclient.ByMembership}
	require.Equal(t, accessclient.Change{Whole: true, Holding: []accessclient.Reach{reach}}, next(ofUser))

	joined, _ := b.member(account, domain.Offer{Role: domain.Member})
	require.Equal(t, accessclient.Change{Holding: []accessclient.Reach{
		{Account: account, Subject: joined.Text("usr"), Source: accessclient.ByMembership},
	}}, next(ofAccount))

	members := membershipv1.NewMemberServiceClient(b.server.Client(t, "gateway"))
	_, err := members.UpdateMember(l.owner, &membershipv1.UpdateMemberRequest{
		OrganizationId: account, MemberId: l.member, RequestId: id.New().String(),
		Member:     &membershipv1.MemberChanges{Rights: []*membershipv1.FeatureRight{{Feature: "management", Level: accessclient.Approver}}},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"rights"}},
	})
	require.NoError(t, err)
	for _, pull := range []func() (accessclient.Change, error, bool){ofAccount, ofUser} {
		require.Equal(t, accessclient.Change{Holding: []accessclient.Reach{reach}}, next(pull), "other rights")
	}

	_, err = members.RemoveMember(l.owner, &membershipv1.RemoveMemberRequest{
		OrganizationId: account, MemberId: l.member, RequestId: id.New().String(),
	})
	require.NoError(t, err)
	for _, pull := range []func() (accessclient.Change, error, bool){ofAccount, ofUser} {
		require.Equal(t, accessclient.Change{Ended: []accessclient.Reach{reach}}, next(pull))
	}
}

func TestALongListIsToldInParts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.create(client).GetOrganization().GetId()
	account, err := id.Parse("org", org)
	require.NoError(t, err)
	const many = 2300
	require.NoError(t, b.db.InTenant(t.Context(), account, func(ctx context.Context, tx pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO access_entry (id, account_id, subject_id, source, version)
			SELECT gen_random_uuid(), $1, gen_random_uuid(), 'MEMBERSHIP', 1 FROM generate_series(1, $2)`, account, many)
		return err
	}))
	require.NoError(t, b.fence.Wait(t.Context()))
	c := dial(t, b.clientOptions(b.server.Addr()))
	for change, err := range c.Watch(bounded(t), accessclient.Watched{Account: org}) {
		require.NoError(t, err)
		require.True(t, change.Whole)
		require.Len(t, change.Holding, many)
		break
	}
}

func TestALostWatchSaysSoAndBeginsAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, stop := b.another("127.0.0.1:0")
	org := b.create(client).GetOrganization().GetId()
	c := dial(t, b.clientOptions(server.Addr()))
	lost := false
	for change, err := range c.Watch(bounded(t), accessclient.Watched{Account: org}) {
		switch {
		case err != nil && !lost:
			require.ErrorIs(t, err, accessclient.ErrUnavailable)
			lost = true
			server, stop = b.another(server.Addr())
		case err == nil && lost:
			require.True(t, change.Whole)
			stop()
			return
		case err == nil:
			stop()
		}
	}
	t.Fatal("the watch ended")
}

func TestAWatchIsOfOneThing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := dial(t, b.clientOptions(b.server.Addr()))
	for _, w := range []accessclient.Watched{
		{}, {Account: "org_1"}, {Subject: "usr_1"}, {Account: id.New().Text("org"), Subject: id.New().Text("usr")},
	} {
		times := 0
		for _, err := range c.Watch(bounded(t), w) {
			times++
			require.Error(t, err)
			require.NotErrorIs(t, err, accessclient.ErrUnavailable)
		}
		require.Equal(t, 1, times)
	}
}
