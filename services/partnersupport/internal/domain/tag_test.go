package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
)

// R71 R74 R78: a new tag begins where the old one ends, and not before now.
func TestATagBeginsWhereTheLastOneEnds(t *testing.T) {
	t.Parallel()
	c, actor := Collaborator{PartnerID: id.New(), ID: id.New(), State: Ready}, id.New()
	ended, first, err := c.Retag(nil, Tagging{Kind: Employee, Actor: actor, Time: moment()})
	require.NoError(t, err)
	require.Nil(t, ended)
	require.Equal(t, Employee, first.Kind)
	require.Equal(t, moment(), first.SinceTime)

	later := moment().Add(time.Hour)
	ended, second, err := c.Retag(first, Tagging{Kind: Freelancer, Actor: actor, Time: later})
	require.NoError(t, err)
	require.Equal(t, later, *ended.UntilTime)
	require.Equal(t, actor, ended.EndActorID)
	require.Equal(t, later, second.SinceTime)
	require.Nil(t, first.UntilTime, "what was read stays as it was read")

	ended, none, err := c.Retag(second, Tagging{Actor: actor, Time: later.Add(time.Hour)})
	require.NoError(t, err)
	require.Nil(t, none)
	require.Equal(t, Freelancer, ended.Kind)
}

func TestTheSameTagAgainChangesNothing(t *testing.T) {
	t.Parallel()
	c, until := Collaborator{State: Ready}, moment().Add(time.Hour)
	held := &Tag{Kind: Employee, SinceTime: moment(), UntilTime: &until}
	same := until.Add(0)
	ended, begun, err := c.Retag(held, Tagging{Kind: Employee, Until: &same, Time: moment().Add(time.Minute)})
	require.NoError(t, err)
	require.Nil(t, ended)
	require.Nil(t, begun)
	ended, begun, err = c.Retag(held, Tagging{Kind: Employee, Time: moment().Add(time.Minute)})
	require.NoError(t, err)
	require.NotNil(t, ended, "another end is another tag")
	require.NotNil(t, begun)
}

func TestWhoLeftIsNotTagged(t *testing.T) {
	t.Parallel()
	_, _, err := Collaborator{State: Left}.Retag(nil, Tagging{Kind: Employee, Time: moment()})
	require.ErrorIs(t, err, CollaboratorGone)
}

func TestATagNeverEndsBeforeItBegan(t *testing.T) {
	t.Parallel()
	over := Tag{SinceTime: moment()}.End(id.New(), moment().Add(-time.Second))
	require.Equal(t, moment(), *over.UntilTime)
}
