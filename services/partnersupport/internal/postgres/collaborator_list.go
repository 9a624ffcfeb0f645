package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// CollaboratorView is a collaborator with the tag that holds; without one its
// kind is empty.
type CollaboratorView struct {
	domain.Collaborator
	TagKind      domain.TagKind
	TagSinceTime *time.Time
	TagUntilTime *time.Time
	TagActorID   id.ID
}

// Tag gives the tag that holds; nil when there is none.
func (v CollaboratorView) Tag() *domain.Tag {
	if v.TagKind == "" {
		return nil
	}
	return &domain.Tag{Kind: v.TagKind, SinceTime: *v.TagSinceTime, UntilTime: v.TagUntilTime, ActorID: v.TagActorID}
}

const collaboratorView = `SELECT ` + collaboratorColumns + `,
  coalesce(t.kind, '') AS tag_kind, t.since_time AS tag_since_time, t.until_time AS tag_until_time, t.actor_id AS tag_actor_id
FROM collaborator c
LEFT JOIN collaborator_tag t ON t.partner_id = c.partner_id
  AND t.collaborator_id = c.id
  AND t.since_time <= @now
  AND (t.until_time IS NULL OR t.until_time > @now)`

// ViewCollaborator finds one with the tag that holds now.
func ViewCollaborator(ctx context.Context, tx pg.Tx, c domain.Collaborator, now time.Time) (CollaboratorView, error) {
	return one[CollaboratorView](ctx, tx, pg.Statement{Doing: "reading collaborator with tag", SQL: collaboratorView + `
WHERE c.partner_id = @partner
  AND c.id = @id`, Args: pgx.NamedArgs{"partner": c.PartnerID, "id": c.ID, "now": now}})
}

// CollaboratorList says which collaborators to list, newest first.
type CollaboratorList struct {
	Partner  id.ID
	State    domain.CollaboratorState  // empty: all
	Tag      domain.TagKind            // empty: all
	Untagged bool                      // only those without a tag
	Search   string                    // part of the folded name or of the address; empty: all
	Filter   domain.CollaboratorFilter // empty: all
	Now      time.Time                 // of the tags and the filter
	Before   id.ID                     // zero: the first page
	Limit    int
}

// filter narrows the view to the partner and to the filter; without one, nobody's
// assignments are looked at.
func (l CollaboratorList) filter() string {
	if l.Filter == "" {
		return `
WHERE c.partner_id = @partner`
	}
	return standingOf + `
WHERE c.partner_id = @partner
  AND ` + staffCondition(l.Filter)
}

// Collaborators lists a partner's staff.
func Collaborators(ctx context.Context, tx pg.Tx, l CollaboratorList) ([]CollaboratorView, error) {
	return collect[CollaboratorView](ctx, tx, pg.Statement{Doing: "listing collaborators", SQL: collaboratorView + l.filter() + `
  AND (@state::text = '' OR c.state = @state)
  AND (@tag::text = '' OR t.kind = @tag)
  AND (NOT @untagged::boolean OR t.kind IS NULL)
  AND (@search::text = '' OR strpos(c.search_text, @search) > 0)
  AND (@before::uuid IS NULL OR c.id < @before)
ORDER BY c.id DESC
LIMIT @limit`, Args: pgx.NamedArgs{
		"partner": l.Partner, "state": l.State, "tag": l.Tag, "untagged": l.Untagged, "search": l.Search,
		"now": l.Now, "before": l.Before, "limit": l.Limit, "soon": l.Now.Add(domain.ExpiringSoon),
	}})
}
