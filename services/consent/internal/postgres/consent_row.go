package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
)

const consentColumns = `
client_id, id, partner_id, assignment_id, user_id, requester_id, client_name, client_locale, product_name,
partner, given_name, family_name, partner_role, reason, proposed_seconds, lines, state, choice, granted,
create_time, request_expire_time, last_mail_time, give_time, start_time, refuse_time, expire_time, revoke_time,
predecessor_id, predecessor_name, offered, extends, approver_id, approver_name, assurance, approver_of_partner, text_hash, text_version, text_locale, network, agent, final,
confirm_time, lease_until, lease_end, paused, team, team_end_time, team_consent_id, version`

type consentRow struct {
	ClientID          id.ID                 `db:"client_id"`
	ID                id.ID                 `db:"id"`
	PartnerID         id.ID                 `db:"partner_id"`
	AssignmentID      id.ID                 `db:"assignment_id"`
	UserID            id.ID                 `db:"user_id"`
	RequesterID       id.ID                 `db:"requester_id"`
	ClientName        string                `db:"client_name"`
	ClientLocale      string                `db:"client_locale"`
	ProductName       string                `db:"product_name"`
	Partner           domain.Identification `db:"partner"`
	GivenName         string                `db:"given_name"`
	FamilyName        string                `db:"family_name"`
	Role              string                `db:"partner_role"`
	Reason            string                `db:"reason"`
	ProposedSeconds   int64                 `db:"proposed_seconds"`
	Lines             []domain.Line         `db:"lines"`
	State             string                `db:"state"`
	Choice            string                `db:"choice"`
	Granted           []domain.Right        `db:"granted"`
	CreateTime        time.Time             `db:"create_time"`
	RequestExpireTime time.Time             `db:"request_expire_time"`
	LastMailTime      time.Time             `db:"last_mail_time"`
	GiveTime          *time.Time            `db:"give_time"`
	StartTime         *time.Time            `db:"start_time"`
	RefuseTime        *time.Time            `db:"refuse_time"`
	ExpireTime        *time.Time            `db:"expire_time"`
	RevokeTime        *time.Time            `db:"revoke_time"`
	PredecessorID     id.ID                 `db:"predecessor_id"`
	PredecessorName   string                `db:"predecessor_name"`
	Offered           bool                  `db:"offered"`
	Extends           *domain.Running       `db:"extends"`
	ApproverID        id.ID                 `db:"approver_id"`
	ApproverName      string                `db:"approver_name"`
	Assurance         string                `db:"assurance"`
	ApproverOfPartner bool                  `db:"approver_of_partner"`
	TextHash          string                `db:"text_hash"`
	TextVersion       string                `db:"text_version"`
	TextLocale        string                `db:"text_locale"`
	Network           string                `db:"network"`
	Agent             string                `db:"agent"`
	Final             bool                  `db:"final"`
	ConfirmTime       *time.Time            `db:"confirm_time"`
	LeaseUntil        *time.Time            `db:"lease_until"`
	LeaseEnd          *time.Time            `db:"lease_end"`
	Paused            bool                  `db:"paused"`
	Team              bool                  `db:"team"`
	TeamEndTime       *time.Time            `db:"team_end_time"`
	TeamConsentID     id.ID                 `db:"team_consent_id"`
	Version           int64                 `db:"version"`
}

func consentFromRow(row consentRow) domain.Record {
	return domain.Record{
		ID: row.ID, ClientID: row.ClientID, PartnerID: row.PartnerID,
		AssignmentID: row.AssignmentID, UserID: row.UserID, RequesterID: row.RequesterID,
		ClientName: row.ClientName, ClientLocale: row.ClientLocale, ProductName: row.ProductName,
		Partner: row.Partner, GivenName: row.GivenName, FamilyName: row.FamilyName,
		Role: domain.Role(row.Role), Reason: row.Reason,
		Proposed: time.Duration(row.ProposedSeconds) * time.Second, Lines: row.Lines,
		State: domain.State(row.State), Choice: domain.Choice(row.Choice), Granted: row.Granted,
		CreateTime: row.CreateTime.UTC(), RequestExpireTime: row.RequestExpireTime.UTC(),
		LastMailTime: row.LastMailTime.UTC(), GiveTime: pg.TimeOf(row.GiveTime), StartTime: pg.TimeOf(row.StartTime), RefuseTime: pg.TimeOf(row.RefuseTime),
		ExpireTime: pg.TimeOf(row.ExpireTime), RevokeTime: pg.TimeOf(row.RevokeTime),
		PredecessorID: row.PredecessorID, PredecessorName: row.PredecessorName, Offered: row.Offered, Extends: row.Extends,
		ApproverID: row.ApproverID, ApproverName: row.ApproverName,
		Evidence: domain.Evidence{
			Assurance: domain.Assurance(row.Assurance), OfPartner: row.ApproverOfPartner, TextHash: row.TextHash, TextVersion: row.TextVersion,
			TextLocale: row.TextLocale, Network: row.Network, Agent: row.Agent,
		},
		ConfirmTime: pg.TimeOf(row.ConfirmTime), Paused: row.Paused,
		Lease: domain.Lease{Until: pg.TimeOf(row.LeaseUntil), End: pg.TimeOf(row.LeaseEnd)},
		Team:  row.Team, TeamEndTime: pg.TimeOf(row.TeamEndTime), TeamConsentID: row.TeamConsentID,
		Final: row.Final, Version: row.Version,
	}
}

// askedArgs are the values that a request brings and that never change.
func askedArgs(r domain.Record) pgx.NamedArgs {
	return pgx.NamedArgs{
		"client_id": r.ClientID, "id": r.ID, "partner_id": r.PartnerID, "assignment_id": r.AssignmentID,
		"user_id": r.UserID, "requester_id": r.RequesterID, "client_name": r.ClientName,
		"client_locale": r.ClientLocale, "product_name": r.ProductName, "partner": r.Partner,
		"given_name": r.GivenName, "family_name": r.FamilyName, "partner_role": string(r.Role), "reason": r.Reason,
		"proposed_seconds": int64(r.Proposed / time.Second), "lines": present(r.Lines), "state": string(r.State),
		"create_time": r.CreateTime, "request_expire_time": r.RequestExpireTime,
		"last_mail_time": r.LastMailTime, "version": r.Version,
		"predecessor_id": r.PredecessorID, "predecessor_name": r.PredecessorName, "offered": r.Offered, "extends": r.Extends,
	}
}

// changedArgs are the values that steps change.
func changedArgs(r domain.Record) pgx.NamedArgs {
	return pgx.NamedArgs{
		"client_id": r.ClientID, "id": r.ID, "state": string(r.State), "choice": string(r.Choice),
		"granted": present(r.Granted), "last_mail_time": r.LastMailTime, "give_time": pg.NullTime(r.GiveTime), "start_time": pg.NullTime(r.StartTime),
		"refuse_time": pg.NullTime(r.RefuseTime), "expire_time": pg.NullTime(r.ExpireTime),
		"revoke_time": pg.NullTime(r.RevokeTime), "approver_id": r.ApproverID, "approver_name": r.ApproverName,
		"assurance": string(r.Evidence.Assurance), "of_partner": r.Evidence.OfPartner, "text_hash": r.Evidence.TextHash,
		"text_version": r.Evidence.TextVersion, "text_locale": r.Evidence.TextLocale,
		"network": r.Evidence.Network, "agent": r.Evidence.Agent, "final": r.Final,
		"confirm_time": pg.NullTime(r.ConfirmTime), "lease_until": pg.NullTime(r.Lease.Until),
		"lease_end": pg.NullTime(r.Lease.End), "paused": r.Paused, "team": r.Team, "team_consent_id": r.TeamConsentID, "version": r.Version,
	}
}
