package app

import (
	"context"
	"errors"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/postgres"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

// followsTeam finds the yes to the whole team that lets the person in; zero when
// there is none, when it was the person's own, or when they have an access and
// more is asked for.
func (u RequestConsent) followsTeam(ctx context.Context, asked domain.Record) (id.ID, error) {
	if asked.Offered {
		return id.ID{}, nil
	}
	var team domain.Record
	var stands bool
	err := u.DB.InTenant(ctx, asked.ClientID, func(ctx context.Context, tx pg.Tx) (err error) {
		if err := u.precede(ctx, tx, &asked); err != nil || asked.Extends != nil {
			return err
		}
		team, stands, err = u.consents.LatestTeam(ctx, tx, asked)
		return err
	})
	if err != nil || !stands || !team.TeamStands(u.Clock.Now()) {
		return id.ID{}, err
	}
	by, err := u.Siblings.Respondent(ctx, team.ApproverID, team.ClientID, team.PartnerID)
	if err != nil {
		return id.ID{}, err
	}
	asker, err := u.Siblings.Asker(ctx, asked.UserID)
	if err != nil || team.IsApprovedBy(by, asker) {
		return id.ID{}, err
	}
	return team.ID, nil
}

// follow answers a request that was just recorded by the yes to the whole team,
// which is held: whoever takes it back comes before or after. What no longer
// stands, or never let this person in, leaves the request to the approvers.
func (u RequestConsent) follow(ctx context.Context, tx pg.Tx, r domain.Record) error {
	if r.TeamConsentID.IsZero() {
		return nil
	}
	team, err := u.consents.Lock(ctx, tx, r.ClientID, r.TeamConsentID)
	if err != nil {
		return err
	}
	away, err := u.consents.TurnedAway(ctx, tx, r)
	if err != nil || away || !team.TeamStands(u.Clock.Now()) {
		return err
	}
	policy, err := u.policyOf(ctx, tx, r.ClientID)
	if err != nil {
		return err
	}
	held, others, err := Approve(u).lock(ctx, tx, Answer{Respond: Respond{ClientID: r.ClientID, ConsentID: r.ID}})
	if err != nil {
		return err
	}
	c := domain.Restore(held)
	grant, step, err := c.FollowTeam(domain.Following{GrantID: id.New(), Team: team, Policy: policy, Now: u.Clock.Now()})
	if errors.Is(err, domain.RightsExceedRequest) {
		return nil // the approvers answer
	}
	if err != nil {
		return err
	}
	_, err = Approve(u).accept(ctx, tx, accepted{consent: c, grant: grant, step: step, others: others})
	return err
}

// applyTeam makes what a team's yes let in work at once; a job goes on with it
// where that fails.
func (u RequestConsent) applyTeam(ctx context.Context, asked domain.Record, consent id.ID) error {
	if asked.TeamConsentID.IsZero() {
		return nil
	}
	grants, err := pg.InTenant(ctx, u.DB, asked.ClientID, func(ctx context.Context, tx pg.Tx) ([]domain.Grant, error) {
		given, err := u.grantOf(ctx, tx, asked.ClientID, consent)
		if err != nil || asked.PredecessorID.IsZero() {
			return given, err
		}
		before, err := u.grantOf(ctx, tx, asked.ClientID, asked.PredecessorID)
		return append(given, before...), err
	})
	if err != nil {
		return err
	}
	if _, err := Settle(u).Do(ctx, unsettled(grants)); err != nil {
		u.Log.WarnContext(ctx, "grant_not_applied_yet", "consent", consent.Text("cns"), "error", err)
	}
	return nil
}

// endTeam ends what a yes to the whole team let in, with that yes, and the
// requests for more.
func (d Deps) endTeam(ctx context.Context, tx pg.Tx, team domain.Record, how stopping) error {
	err := d.consents.EndTeams(ctx, tx, postgres.Teams{ClientID: team.ClientID, ConsentID: team.ID}, d.Clock.Now())
	if err != nil {
		return err
	}
	for {
		under, err := d.consents.LockUnderTeam(ctx, tx, team, id.ID{})
		if err != nil || len(under) == 0 {
			return err
		}
		if _, err := d.stopAs(ctx, tx, how, under); err != nil {
			return err
		}
		if err := d.stopExtensions(ctx, tx, how, under...); err != nil {
			return err
		}
	}
}
