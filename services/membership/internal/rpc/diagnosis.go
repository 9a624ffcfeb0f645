package rpc

import (
	"context"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/authn"
	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/fault"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/membership/internal/app"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/enum"
	"github.com/aval-access/aval/services/membership/internal/wording"
)

// DiagnoseInvitation answers why a guest cannot get in.
func (s *Invitations) DiagnoseInvitation(
	ctx context.Context, req *membershipv1.DiagnoseInvitationRequest,
) (*membershipv1.DiagnoseInvitationResponse, error) {
	var read fields.Reader
	guest := app.Guest{
		OrganizationID: read.ID("org", "organization_id", req.GetOrganizationId()), AskerID: person(ctx).UserID,
	}
	if read.Err() != nil {
		return nil, read.Err()
	}
	var err error
	if guest.Address, err = email.Parse(req.GetEmail()); err != nil {
		return nil, fault.With(err, fault.Field("email", "string.email"))
	}
	evidence, err := answer(s.Diagnose.Do(ctx, guest))
	if err == nil && evidence.Latest != nil {
		evidence.Mails, err = s.Mails.OfInvitation(ctx, *evidence.Latest)
	}
	if err != nil {
		return nil, err
	}
	return diagnosisToProto(authn.FromContext(ctx).Locale, evidence), nil
}

func diagnosisToProto(locale string, e domain.Evidence) *membershipv1.DiagnoseInvitationResponse {
	advice := wording.Advise(locale, e)
	out := &membershipv1.DiagnoseInvitationResponse{
		Diagnosis: enum.Diagnosis(e.Diagnose()), Sentence: advice.Sentence, NextStep: advice.NextStep,
		Context: wording.Context(locale, e),
	}
	for _, fact := range wording.Facts(locale, e) {
		out.Facts = append(out.Facts, &membershipv1.InvitationFact{Time: fields.Time(fact.Time), Text: fact.Text})
	}
	if e.Latest != nil {
		out.Invitation = invitationToProto(*e.Latest)
	}
	if len(e.Like) > 0 {
		out.MeantEmail = e.Like[0]
	}
	return out
}
