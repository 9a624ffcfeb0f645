package pages

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func sampleAccesses(lang string) *consentv1.LookupAccessesResponse {
	return &consentv1.LookupAccessesResponse{
		ClientName: "Boulangerie Martin", RecipientGivenName: "Claire", Locale: lang,
		Accesses: []*consentv1.StoppableAccess{
			{ConsentId: "cns_01jd0000000000000000000001", CollaboratorName: "Nora Petit", PartnerName: "Cabinet Lumière", Team: true},
			{
				ConsentId: "cns_01jd0000000000000000000002", CollaboratorName: "Omar Blanc", PartnerName: "Cabinet Lumière",
				PartnerRole: membershipv1.PartnerRole_PARTNER_ROLE_ACCOUNTANT, ExpireTime: timestamppb.New(noon().Add(30 * day)),
			},
		},
	}
}

// R41, R128: the page of a mail that lists who can come in ticks nobody, names
// each with the end of their access, and stops all that it shows in one tick.
func TestPageThatStopsTicksNothing(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["stop link"].html
	require.NotContains(t, html, " checked")
	require.Contains(t, html, `value="cns_01jd0000000000000000000001 cns_01jd0000000000000000000002"`)
	require.Contains(t, html, "21 décembre 2026")
	require.Contains(t, html, "avec toute son équipe")
	require.Contains(t, samples(t, "en")["stop link empty"].html, "Nobody can enter the space of Boulangerie Martin")
	c, w := anonymous(setup(t), "fr", "/s/x")
	require.NoError(t, c.showStoppable(sampleAccesses("fr"), form{values: url.Values{"access": {"cns_01jd0000000000000000000002"}}}))
	require.Contains(t, w.Body.String(), `value="cns_01jd0000000000000000000002" checked`, "what was ticked stays ticked")
}

// tooOld is consent for whom every link is past its term.
type tooOld struct {
	consentv1.AccessStopServiceClient
}

func (tooOld) LookupAccesses(context.Context, *consentv1.LookupAccessesRequest, ...grpc.CallOption) (*consentv1.LookupAccessesResponse, error) {
	return nil, fault.New(reasonv1.Reason_REASON_LINK_EXPIRED)
}

// R41: a link past its term leads to the same behind a sign-in, and says why.
func TestALinkThatIsTooOldLeadsToTheSignIn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Clients.AccessStops = tooOld{}
	c, w := anonymous(s, "fr", "/s/x")
	require.NoError(t, stopLinkPage(c))
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/sign-in?next=%2Fassistance", w.Header().Get("Location"))
	require.Contains(t, w.Header().Get("Set-Cookie"), "notice")
}
