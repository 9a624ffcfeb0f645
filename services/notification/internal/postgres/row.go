package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

func arguments(d domain.Delivery) pgx.NamedArgs {
	return pgx.NamedArgs{
		"id":            d.ID,
		"tenant_id":     d.Tenant,
		"event_id":      d.Fact.EventID,
		"event_subject": d.Fact.Subject,
		"event_payload": d.Fact.Payload,
		"recipient_ref": d.RecipientRef,
		"template":      d.Template,
		"locale":        d.Locale,
		"create_time":   d.CreateTime,
		"address":       d.Body.Address,
		"subject_line":  d.Body.Subject,
		"text_body":     d.Body.Text,
		"html_body":     d.Body.HTML,
		"logo":          []byte(d.Body.Logo),
		"state":         string(d.State),
		"attempts":      d.Attempts,
		"refusals":      d.Refusals,
		"repeated":      d.Repeated,
		"smtp_code":     d.SMTPCode,
		"due_time":      pg.NullTime(d.DueTime),
		"sent_time":     pg.NullTime(d.SentTime),
		"try_time":      pg.NullTime(d.TryTime),
	}
}

func deliveryFromRow(row pgx.CollectableRow) (domain.Delivery, error) {
	var d domain.Delivery
	var due, sent *time.Time
	var logo []byte
	err := row.Scan(&d.ID, &d.Tenant, &d.Fact.EventID, &d.Fact.Subject, &d.Fact.Payload,
		&d.RecipientRef, &d.Template, &d.Locale, &d.CreateTime,
		&d.Body.Address, &d.Body.Subject, &d.Body.Text, &d.Body.HTML, &logo,
		&d.State, &d.Attempts, &d.Refusals, &d.Repeated, &d.SMTPCode, &due, &sent, pg.Zeroed(&d.TryTime))
	d.Body.Logo = string(logo)
	d.CreateTime, d.DueTime, d.SentTime = d.CreateTime.UTC(), pg.TimeOf(due), pg.TimeOf(sent)
	return d, err
}
