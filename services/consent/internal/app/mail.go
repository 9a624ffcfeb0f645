package app

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/consent/internal/domain"
	"github.com/aval-access/aval/services/consent/internal/sibling"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/kit/token"
)

// Names of the templates that notification keeps.
const (
	mailRequest   = "consent_request"
	mailRequests  = "consent_requests"
	mailGiven     = "consent_given"
	mailReceipt   = "consent_receipt"
	mailRefused   = "consent_refused"
	mailWithdrawn = "access_withdrawn"
	mailEnded     = "access_ended"
	mailCode      = "consent_code"
	mailBlocked   = "partner_blocked"
	mailEnding    = "access_ending"
	mailEndingTo  = "access_ending_partner"
	mailYearly    = "access_yearly"
	mailConfirm   = "access_confirm"
	mailNobody    = "consent_unreachable"
	mailHandedOn  = "access_handed_over"
	mailVisit     = "visit_started"
	mailVisits    = "visit_digest"
	mailAnnounced = "access_announced"
	mailOver      = "access_over_partner"
	mailPaused    = "access_paused_partner"
	mailNoAnswer  = "request_unanswered"
	mailSensitive = "sensitive_used"
	mailTried     = "partner_tried"
	mailNarrowed  = "access_narrowed"
)

const (
	// assistancePath is the client's page of past and present accesses (R129).
	assistancePath = "/assistance"
	// dossiersPath is the partner's page of its clients (R20).
	dossiersPath = "/partner/dossiers"
)

// Mail is one mail to one person. Address and ActionPath are never logged.
type Mail struct {
	RecipientID     id.ID
	Address, Locale string
	Template        string
	Variables       map[string]string
	ActionPath      string
	OrganizationID  id.ID
	ConsentID       id.ID
	// BrandID is the partner whose brand it wears; zero: none (R8).
	BrandID id.ID
}

// PrepareMail says which mails an event of consent calls for. Links are minted
// afresh; those of before stay valid to their common end.
type PrepareMail struct{ Deps }

// Do answers no mail when the fact no longer calls for one.
func (u PrepareMail) Do(ctx context.Context, event proto.Message) ([]Mail, error) {
	switch e := event.(type) {
	case *consentv1.PartnerBlocked:
		return u.blocked(ctx, e)
	case *consentv1.RequestMailDeparted:
		return u.departed(ctx, e)
	case *consentv1.VisitNoted:
		return u.visit(ctx, e)
	case *consentv1.SensitiveFeatureUsed:
		return u.sensitive(ctx, e)
	case *consentv1.VisitsSummed:
		return u.visits(ctx, e)
	case *consentv1.LedgerCheckpointSent:
		return u.checkpoint(ctx, e)
	}
	ref := refIn(event)
	if ref == nil {
		return nil, nil
	}
	client, err := id.Parse("org", ref.GetClientId())
	if err != nil {
		return nil, err
	}
	consent, err := id.Parse("cns", ref.GetConsentId())
	if err != nil {
		return nil, err
	}
	r, err := u.read(ctx, client, consent)
	if err != nil {
		return nil, err
	}
	return u.about(ctx, r, event)
}

// about says which mails a fact about one consent calls for.
func (u PrepareMail) about(ctx context.Context, r domain.Record, event proto.Message) ([]Mail, error) {
	switch e := event.(type) {
	case *consentv1.ConsentRequested:
		if r.Offered || e.GetGrouped() { // whoever prepared it answers at once; a reminder goes to all
			return nil, nil
		}
		return u.request(ctx, r, everybody)
	case *consentv1.ConsentReminded:
		if e.GetGrouped() {
			return nil, nil
		}
		return u.request(ctx, r, everybody)
	case *consentv1.ConsentRecalled:
		return u.request(ctx, r, func(p sibling.Person) bool { return p.UserID.Text("usr") == e.GetActorId() })
	case *consentv1.ConsentCodeSent:
		if e.GetActorId() == "" {
			return u.codeOfCall(ctx, r, e)
		}
		return u.code(ctx, r, e)
	case *consentv1.ConsentGiven:
		if e.GetTeamConsentId() != "" {
			return u.given(ctx, r, mailAnnounced)
		}
		return u.given(ctx, r, mailReceipt)
	case *consentv1.ConsentNarrowed:
		return u.toCollaborator(ctx, r, mailNarrowed)
	case *consentv1.ConsentUnreachable:
		return u.nobody(ctx, r)
	case *consentv1.ConsentPaused:
		return u.paused(ctx, r)
	case *consentv1.ConsentConfirmationAsked: // by the collaborator, who wants to enter
		return u.toConfirm(ctx, r)
	case *consentv1.ConsentPartnerTried:
		return u.toApprovers(ctx, r, mailTried)
	case *consentv1.ConsentEnding:
		return u.ending(ctx, r, e)
	case *consentv1.ConsentAnniversary:
		return u.anniversary(ctx, r)
	case *consentv1.ConsentRefused:
		return u.toCollaborator(ctx, r, mailRefused)
	case *consentv1.ConsentEnded:
		return u.ended(ctx, r, e)
	default:
		return nil, nil
	}
}

// refIn finds the consent that an event names.
func refIn(event proto.Message) *consentv1.ConsentRef {
	named, ok := event.(interface{ GetConsent() *consentv1.ConsentRef })
	if !ok {
		return nil
	}
	return named.GetConsent()
}

func everybody(sibling.Person) bool { return true }

// request writes to every current approver (R21, R24, R25), or to those wanted.
func (u PrepareMail) request(ctx context.Context, r domain.Record, wanted func(sibling.Person) bool) ([]Mail, error) {
	if r.StateAt(u.Clock.Now()) != domain.Requested {
		return nil, nil
	}
	approvers, err := u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err == nil && len(approvers) == 0 {
		return nil, u.reachNobody(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	approvers = slices.DeleteFunc(approvers, func(p sibling.Person) bool { return !wanted(p) })
	return u.linked(ctx, r, approvers, linking{token.Consent, mailRequest, "/c/", r.RequestExpireTime})
}

// code writes the digits to the recipient's own mailbox, while they serve. Who
// is no approver any more gets none.
func (u PrepareMail) code(ctx context.Context, r domain.Record, sent *consentv1.ConsentCodeSent) ([]Mail, error) {
	named, err := id.Parse("cod", sent.GetCodeId())
	if err != nil {
		return nil, err
	}
	code, err := pg.InTenant(ctx, u.DB, r.ClientID, func(ctx context.Context, tx pg.Tx) (domain.Code, error) {
		return u.codes.ByID(ctx, tx, named)
	})
	if err != nil || !u.Clock.Now().Before(code.ExpireTime) {
		return nil, err
	}
	approvers, err := u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err != nil {
		return nil, err
	}
	for _, p := range approvers {
		if p.UserID == code.RecipientID {
			mail := mailTo(p, r, mailCode)
			mail.Variables["code"] = u.Digits.Digits(code.ID)
			return []Mail{mail}, nil
		}
	}
	return nil, nil
}

// given tells the collaborator, and every approver what one of them decided, or
// whom the yes to a whole team let in: their mail takes it back as easily as
// another gave it.
func (u PrepareMail) given(ctx context.Context, r domain.Record, approvers string) ([]Mail, error) {
	mails, err := u.toCollaborator(ctx, r, mailGiven)
	if err != nil {
		return nil, err
	}
	told, err := u.toStop(ctx, r, approvers)
	return append(mails, told...), err
}

// toBoth tells the collaborator and every approver, each in their own words.
func (u PrepareMail) toBoth(ctx context.Context, r domain.Record, collaborators, approvers string) ([]Mail, error) {
	mails, err := u.toCollaborator(ctx, r, collaborators)
	if err != nil {
		return nil, err
	}
	more, err := u.toApprovers(ctx, r, approvers)
	return append(mails, more...), err
}

func (u PrepareMail) toCollaborator(ctx context.Context, r domain.Record, template string) ([]Mail, error) {
	person, err := u.Siblings.User(ctx, r.UserID)
	if err != nil || person.Address == "" {
		return nil, err
	}
	mail := mailTo(person, r, template)
	mail.OrganizationID, mail.ActionPath = r.PartnerID, dossiersPath
	return []Mail{mail}, nil
}

func (u PrepareMail) toApprovers(ctx context.Context, r domain.Record, template string) ([]Mail, error) {
	approvers, err := u.Siblings.Approvers(ctx, r.ClientID, r.PartnerID)
	if err != nil {
		return nil, err
	}
	mails := make([]Mail, len(approvers))
	for i, p := range approvers {
		mails[i] = mailTo(p, r, template)
		mails[i].ActionPath = assistancePath
	}
	return mails, nil
}

func mailTo(p sibling.Person, r domain.Record, template string) Mail {
	locale := localeOf(p, r)
	return Mail{
		RecipientID: p.UserID, Address: p.Address, Locale: locale, Template: template,
		Variables: variables(r, locale, template), OrganizationID: r.ClientID, ConsentID: r.ID, BrandID: brandOf(r, template),
	}
}

// brandOf: a code, and what was reported, come in our own name alone.
func brandOf(r domain.Record, template string) id.ID {
	if template == mailCode || template == mailBlocked || template == mailVisits || template == mailTried {
		return id.ID{}
	}
	return r.PartnerID
}

// localeOf is the person's language, else the client's.
func localeOf(p sibling.Person, r domain.Record) string {
	if p.Locale == "fr" || p.Locale == "en" {
		return p.Locale
	}
	return r.ClientLocale
}
