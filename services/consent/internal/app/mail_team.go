package app

import (
	"context"

	"github.com/aval-access/aval/services/consent/internal/domain"
)

// announced tells the collaborator, and every approver whom the yes to the whole
// team let in: the mail leads to the page that stops this person.
func (u PrepareMail) announced(ctx context.Context, r domain.Record) ([]Mail, error) {
	mails, err := u.toCollaborator(ctx, r, mailGiven)
	if err != nil {
		return nil, err
	}
	told, err := u.toStop(ctx, r, mailAnnounced)
	return append(mails, told...), err
}
