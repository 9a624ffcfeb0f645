package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/deploy/journey"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
)

// narrow leaves less of the visited access.
func (b bundle) narrow(t *testing.T, v visiting, until time.Time, rights ...*membershipv1.FeatureRight) (*consentv1.Consent, error) {
	t.Helper()
	req := &consentv1.NarrowConsentRequest{ConsentId: v.consent.GetId(), Rights: rights}
	if !until.IsZero() {
		req.ExpireTime = timestamppb.New(until)
	}
	answer, err := consentv1.NewConsentServiceClient(v.client.Owner).NarrowConsent(t.Context(), req)
	return answer.GetConsent(), err
}

func nothingOn(feature string) *membershipv1.FeatureRight {
	return &membershipv1.FeatureRight{Feature: feature, Level: authzv1.Level_LEVEL_NONE}
}

// R41: the client leaves less of an access in one call, which returns when
// nobody goes by what was before, not even a check that began while it ran.
func TestAnAccessIsNarrowedAtOnce(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		require.True(t, b.allowed(t, v, "management/invoices"))
		until := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
		left, err := b.narrow(t, v, until, nothingOn("management"))
		require.NoError(t, err)
		require.False(t, b.allowed(t, v, "management/invoices"))
		require.True(t, b.allowed(t, v, "accounting/entries"), "the rest stays")
		require.True(t, left.GetExpireTime().AsTime().Equal(until))
		require.Equal(t, consentv1.ConsentState_CONSENT_STATE_GIVEN, left.GetState())

		_, err = b.narrow(t, v, until.Add(time.Hour))
		requireReason(t, reasonv1.Reason_REASON_INVALID_ARGUMENT, err)
		_, err = b.narrow(t, v, time.Time{}, &membershipv1.FeatureRight{Feature: "management", Level: authzv1.Level_LEVEL_GUEST})
		requireReason(t, reasonv1.Reason_REASON_RIGHTS_EXCEED_REQUEST, err)
		_, err = b.ReadMail(t.Context(), v.person.Email, "a réduit")
		require.NoError(t, err, "the collaborator is told")
		require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
			list, err := partnersupportv1.NewAssignmentServiceClient(v.partner.Owner).ListAssignments(ctx, &partnersupportv1.ListAssignmentsRequest{PartnerId: v.partner.ID})
			return err == nil && list.GetAssignments()[0].GetExpireTime().AsTime().Equal(until), err
		}))
	})
}

// R41: whoever asks while an access is narrowed may still hear yes; whoever asks
// after the answer never does.
func TestNoCheckAllowsWhatWasTakenAway(t *testing.T) {
	overBoth(t, func(t *testing.T, b bundle) {
		v := b.visiting(t)
		done := make(chan error, 1)
		go func() {
			_, err := b.narrow(t, v, time.Time{}, nothingOn("management"))
			done <- err
		}()
		for running := true; running; {
			select {
			case err := <-done:
				require.NoError(t, err)
				running = false
			default:
				b.allowed(t, v, "management/invoices") // either answer
			}
		}
		for range 20 {
			require.False(t, b.allowed(t, v, "management/invoices"))
		}
	})
}

// R40, R41: without the console, on the pages that the mails lead to, the owner
// reduces a running access and has it run for longer.
func TestAnAccessIsNarrowedAndExtendedOnPages(t *testing.T) {
	t.Parallel()
	b := setup(t, shared.rest)
	v := b.visiting(t)
	browser, at := b.browserOf(t, v.client.Owner, v.client.ID), b.stack.URL()+"/assistance/"+v.consent.GetId()
	less := formWith(t, get(t, browser, at+"/narrow"), "end_date")
	require.Contains(t, pageAfter(t, browser, at+"/narrow", less, nil), "Choisissez un droit à réduire")
	require.True(t, b.allowed(t, v, "management/invoices"), "the form as it stands changes nothing")
	left := submit(t, browser, at+"/narrow", formWith(t, get(t, browser, at+"/narrow"), "end_date"), url.Values{"right.management": {"LEVEL_NONE"}})
	require.Equal(t, http.StatusSeeOther, left.StatusCode)
	require.False(t, b.allowed(t, v, "management/invoices"))
	require.True(t, b.allowed(t, v, "accounting/entries"))

	var again *http.Response
	for _, one := range formsOf(t, get(t, browser, at)) {
		if strings.HasSuffix(one.action, "/again") {
			again = submit(t, browser, b.stack.URL()+one.action, one, nil)
		}
	}
	require.NotNil(t, again)
	require.Equal(t, http.StatusSeeOther, again.StatusCode)
	question := formWith(t, get(t, browser, b.stack.URL()+again.Header.Get("Location")), "text_hash")
	given := submit(t, browser, b.stack.URL()+again.Header.Get("Location"), question,
		url.Values{"answer": {"yes"}, "duration": {consentv1.DurationChoice_DURATION_CHOICE_1_YEAR.String()}})
	require.Equal(t, http.StatusSeeOther, given.StatusCode)
	require.NoError(t, journey.Eventually(t.Context(), func(ctx context.Context) (bool, error) {
		_, err := b.EnterDossier(ctx, v.person, v.partner.ID, v.dossier.GetId())
		return err == nil, nil
	}))
	old, err := consentv1.NewConsentServiceClient(v.client.Owner).GetConsent(t.Context(), &consentv1.GetConsentRequest{ConsentId: v.consent.GetId()})
	require.NoError(t, err)
	require.Equal(t, consentv1.ConsentState_CONSENT_STATE_SUPERSEDED, old.GetConsent().GetState())
}
