package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/identity/internal/domain"
)

func rules() domain.PasswordRules {
	known := map[string]bool{"password": true, "acknowledgement": true, "soleil": true, "films+pic+galeries": true}
	return domain.PasswordRules{Known: func(text string) bool { return known[text] }, Brand: []string{"aval"}}
}

// R16, R43: the password is the person's own choice, and a strong one.
func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		password string
		want     domain.Weakness
	}{
		"fourteen runes":                  {"quatre chevaux", domain.TooShort},
		"fifteen runes":                   {"quatre chevaux!", ""},
		"runes count, not bytes":          {"éàçèùîôâêïëüÿœ", domain.TooShort},
		"fifteen accents":                 {"éàçèùîôâêïëüÿœæ", ""},
		"128 runes":                       {strings.Repeat("quatre chevaux! ", 8), ""},
		"129 runes":                       {strings.Repeat("quatre chevaux! ", 8) + "x", domain.TooLong},
		"spaces are kept and count":       {"   j d b x w   ", ""},
		"a passphrase of plain words":     {"le soleil mange des pommes", ""},
		"listed as it stands":             {"films+pic+galeries", domain.TooKnown},
		"listed, in capitals":             {"Films+Pic+Galeries", domain.TooKnown},
		"a listed word repeated":          {"soleilSoleilsoleil", domain.TooKnown},
		"repeated with spaces":            {"soleil soleil soleil", domain.TooKnown},
		"a listed word with padding":      {"**soleil**1234567890", domain.TooKnown},
		"digits in place of letters":      {"P4$$w0rdP4$$w0rd", domain.TooKnown},
		"one long word":                   {"Acknowledgement", domain.TooKnown},
		"digits counted up":               {"123456789012345", domain.TooKnown},
		"the alphabet backwards":          {"zyxwvutsrqponmlk", domain.TooKnown},
		"along a French keyboard":         {"azertyuiopqsdfgh", domain.TooKnown},
		"along an English keyboard":       {"qwertyuiopasdfgh", domain.TooKnown},
		"punctuation alone is no run":     {"!?.,;:/-_+*=()[]", ""},
		"one character":                   {"aaaaaaaaaaaaaaaaa", domain.TooKnown},
		"three characters":                {"abaabcbabbacbaacb", domain.TooKnown},
		"the address":                     {"camille.martin@cabinet.fr", domain.InContext},
		"name and year":                   {"Camille Martin 2026", domain.InContext},
		"the service's name":              {"aval-aval-aval-aval", domain.InContext},
		"the organisation's name":         {"société océane 75", domain.InContext},
		"the name inside a long sentence": {"camille aime les chevaux verts", ""},
		"the brand inside another word":   {"les cavaliers de minuit", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, rules().Check(domain.Candidate{
				Password: c.password, Address: "camille.martin@cabinet.fr", Names: []string{"Société Océane"},
			}))
		})
	}
}

// A second factor lets a password be shorter, and no weaker in kind.
func TestPasswordBesideASecondFactor(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]domain.Weakness{
		"onze jdbxwk": domain.TooShort, "douze jdbxwk": "", "123456789012": domain.TooKnown,
	} {
		require.Equal(t, want, rules().Check(domain.Candidate{Password: password, SecondFactor: true}), password)
	}
}
