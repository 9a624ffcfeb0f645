package pages

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

// narrowing is the form that leaves less of an access. Nothing in it is chosen
// beforehand.
type narrowing struct {
	answered
	Lines []rightLine
	// First and Last bound the new end; Last is empty where there is none.
	First, Last string
}

func narrowPage(c *call) error {
	found, err := c.getConsent()
	if err != nil {
		return err
	}
	return c.showNarrow(found, form{})
}

func (c *call) showNarrow(in *consentv1.Consent, f form) error {
	if in.GetState() != consentv1.ConsentState_CONSENT_STATE_GIVEN {
		return c.redirect("/assistance/" + in.GetId())
	}
	labels, err := c.featureLabels()
	if err != nil {
		return err
	}
	return c.showNarrowing(in, labels, f)
}

func (c *call) showNarrowing(in *consentv1.Consent, labels map[string]string, f form) error {
	data := narrowing{answered: c.answered(in, labels), First: c.nextDay(c.Clock.Now(), 0), Lines: c.lowerable(in, labels, f)}
	if data.End != nil {
		data.Last = data.End.In(c.zone).Format(dateForm)
	}
	return c.show(page{name: "narrow", title: "narrow.title", crumbs: crumbsUnless(false), form: f, data: data})
}

// lowerable are the rights that were given, with what each can be lowered to.
func (c *call) lowerable(in *consentv1.Consent, labels map[string]string, f form) []rightLine {
	var out []rightLine
	for _, right := range in.GetGrantedRights() {
		if words := c.rights([]*membershipv1.FeatureRight{right}, labels); len(words) > 0 {
			out = append(out, rightLine{
				Name: right.GetFeature(), Label: words[0], Lower: lowerThan(right.GetLevel()), Picked: f.Value("right." + right.GetFeature()),
			})
		}
	}
	return out
}

// lowerThan are the levels that can be left of one.
func lowerThan(level authzv1.Level) []string {
	if level > authzv1.Level_LEVEL_GUEST {
		return []string{authzv1.Level_LEVEL_GUEST.String(), authzv1.Level_LEVEL_NONE.String()}
	}
	return []string{authzv1.Level_LEVEL_NONE.String()}
}

// narrow leaves less of an access (R41). A form that comes back as it stood has
// chosen nothing, and is refused before anything is sent.
func narrow(c *call) error {
	found, err := c.getConsent()
	if err != nil {
		return err
	}
	f := c.typed()
	less := c.less(found, &f)
	if less.RequestId, err = c.requestID("narrow"); err == nil && len(f.Problems) == 0 {
		err = c.once(func() error {
			_, err := c.Clients.Consents.NarrowConsent(c.ctx(), less)
			return err
		})
	}
	if fault.Is(err, reasonv1.Reason_REASON_CONSENT_NOT_GIVEN) {
		return c.redirect("/assistance/" + found.GetId())
	}
	if err == nil && len(f.Problems) == 0 {
		c.say(notice{Text: c.text("narrow.done", "who", found.GetCollaboratorName())})
		return c.redirect("/assistance/" + found.GetId())
	}
	if err != nil {
		if f, err = c.refused(f, fmt.Errorf("narrowing the access: %w", err)); err != nil {
			return err
		}
	}
	return c.showNarrow(found, f)
}

// less reads what is to be left, noting in the form what is missing.
func (c *call) less(in *consentv1.Consent, f *form) *consentv1.NarrowConsentRequest {
	out := &consentv1.NarrowConsentRequest{ConsentId: in.GetId()}
	for _, right := range in.GetGrantedRights() {
		if level := authzv1.Level(authzv1.Level_value[f.Value("right."+right.GetFeature())]); level != authzv1.Level_LEVEL_UNSPECIFIED {
			out.Rights = append(out.Rights, &membershipv1.FeatureRight{Feature: right.GetFeature(), Level: level})
		}
	}
	if typed := f.Value("end_date"); typed != "" {
		end, ok := c.dayEnd(typed)
		if !ok || !end.After(c.Clock.Now()) {
			f.add("end_date", c.text("narrow.end.hint"))
			return out
		}
		out.ExpireTime = timestamppb.New(c.noLater(end, moment(in.GetExpireTime())))
	}
	if len(out.Rights) == 0 && out.ExpireTime == nil && len(f.Problems) == 0 {
		f.add("rights", c.text("narrow.nothing"))
	}
	return out
}

// noLater keeps the hour of an end where its own day was typed.
func (c *call) noLater(end time.Time, now *time.Time) time.Time {
	if now != nil && now.In(c.zone).Format(dateForm) == end.In(c.zone).Format(dateForm) {
		return *now
	}
	return end
}
