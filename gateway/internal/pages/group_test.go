package pages

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	reasonv1 "github.com/aval-access/aval/proto/gen/aval/reason/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func sampleBundle(lang string) bundle {
	out := bundle{greeting: "Bonjour Claire,"}
	for i, state := range []consentv1.ConsentState{
		consentv1.ConsentState_CONSENT_STATE_REQUESTED, consentv1.ConsentState_CONSENT_STATE_REQUESTED, consentv1.ConsentState_CONSENT_STATE_GIVEN,
	} {
		a := sampleAsked(lang, state)
		a.token = "avl_con1_x"
		a.consent.Id = "cns_01jd000000000000000000000" + string(rune('1'+i))
		out.requests, out.names = append(out.requests, a), append(out.names, "Boulangerie Durand")
	}
	return out
}

// R128: nothing is ticked, and nothing is given by a form as it stands.
func TestPageOfSeveralRequestsPreselectsNothing(t *testing.T) {
	t.Parallel()
	html := samples(t, "fr")["group"].html
	require.NotContains(t, html, " checked")
	require.Contains(t, html, "Déjà répondu")
	b := sampleBundle("fr")
	for i := range b.requests {
		b.requests[i].approve = func(*consentv1.Answer, string) error { t.Error("nothing was ticked"); return nil }
	}
	ids := []string{b.requests[0].consent.GetId()}
	for name, values := range map[string]url.Values{
		"as it stands": {"answer": {"yes"}}, "no duration": {"answer": {"yes"}, "request": ids},
	} {
		c, _ := anonymous(setup(t), "fr", "/g/x")
		f := form{values: values}
		given, err := c.sendGroup(b, &f, "form-1")
		require.NoError(t, err)
		require.Zero(t, given)
		require.NotEmpty(t, f.Problems, name)
	}
}

// R6: one press gives each ticked request its own yes, with its own text; the
// refusal of one keeps no other from its own, and what was answered stays.
func TestOnePressAnswersEachRequestForItself(t *testing.T) {
	t.Parallel()
	b, sent := sampleBundle("fr"), map[string]string{}
	for i := range b.requests {
		b.requests[i].approve = func(a *consentv1.Answer, request string) error {
			sent[request] = a.GetTextHash()
			if i == 0 {
				return fault.New(reasonv1.Reason_REASON_TEXT_CHANGED)
			}
			return nil
		}
	}
	first, second, done := b.requests[0].consent.GetId(), b.requests[1].consent.GetId(), b.requests[2].consent.GetId()
	c, _ := anonymous(setup(t), "fr", "/g/x")
	f := form{values: url.Values{
		"request": {first, second, done}, "duration": {"DURATION_CHOICE_1_WEEK"},
		"text_hash." + first: {"one"}, "text_hash." + second: {"two"}, "text_hash." + done: {"three"},
	}}
	given, err := c.sendGroup(b, &f, "form-1")
	require.NoError(t, err)
	require.Equal(t, 1, given)
	require.Equal(t, map[string]string{"form-1." + first: "one", "form-1." + second: "two"}, sent)
	require.Len(t, f.Problems, 1)
	require.Contains(t, f.Problems[0].Text, "Boulangerie Durand")
}
