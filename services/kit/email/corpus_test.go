package email_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/email"
	"github.com/aval-access/aval/services/kit/testsize"
)

// corpus is the hostile addresses: spellings of one mailbox each, and what is
// no address.
func corpus(t testing.TB) (mailboxes [][]string, refused []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/addresses.txt")
	require.NoError(t, err)
	for paragraph := range strings.SplitSeq(string(data), "\n\n") {
		var spellings []string
		for line := range strings.SplitSeq(strings.Trim(paragraph, "\n"), "\n") {
			if line == "" || strings.HasPrefix(line, "# ") {
				continue
			}
			rest, bad := strings.CutPrefix(line, "!")
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
			require.NoError(t, err, line)
			if bad {
				refused = append(refused, text)
			} else {
				spellings = append(spellings, text)
			}
		}
		if len(spellings) > 0 {
			mailboxes = append(mailboxes, spellings)
		}
	}
	require.Greater(t, len(mailboxes)+len(refused), 150)
	return mailboxes, refused
}

// T-15: every spelling of a mailbox has its key, no two mailboxes have one, and
// a key is its own key.
func TestNoTwoMailboxesHaveOneKey(t *testing.T) {
	t.Parallel()
	mailboxes, refused := corpus(t)
	owner := map[string]string{}
	for _, spellings := range mailboxes {
		for _, text := range spellings {
			address, err := email.Parse(text)
			require.NoError(t, err, "%+q", text)
			key := address.Key()
			if first, taken := owner[key]; taken {
				require.Equal(t, spellings[0], first, "%+q has the key of another mailbox", text)
			}
			owner[key] = spellings[0]
			for _, form := range []string{key, address.Stored()} {
				again, err := email.Parse(form)
				require.NoError(t, err, form)
				require.Equal(t, key, again.Key(), "%+q", text)
			}
		}
	}
	require.Len(t, owner, len(mailboxes), "every spelling of a mailbox has one key")
	for _, text := range refused {
		address, err := email.Parse(text)
		require.Error(t, err, "%+q gave %q", text, address.Stored())
	}
}

// FuzzPair looks for two texts that one key would make one person: they may
// differ in the case of ASCII letters, in spaces around, and in how the domain
// is written.
func FuzzPair(f *testing.F) {
	mailboxes, _ := corpus(f)
	for i := 1; i < len(mailboxes); i++ {
		f.Add(mailboxes[i-1][0], mailboxes[i][0])
	}
	f.Fuzz(func(t *testing.T, one, other string) { apart(t, one, other) })
}

// apart fails for two texts that are different people under one key; it tells
// whether they are one person.
func apart(t *testing.T, one, other string) bool {
	t.Helper()
	a, err := email.Parse(one)
	if err != nil {
		return false
	}
	b, err := email.Parse(other)
	if err != nil || a.Key() != b.Key() {
		return false
	}
	if local(one) != local(other) || domain(a) != domain(b) {
		t.Fatalf("%+q and %+q have the key %q", one, other, a.Key())
	}
	return true
}

// T-15: addresses that were bent until they look like another's are nobody's, or
// another person's.
func TestBentAddressesAreOthers(t *testing.T) {
	t.Parallel()
	mailboxes, _ := corpus(t)
	random := rand.New(rand.NewPCG(15, 15)) // the same pairs in every run
	same := 0
	for range testsize.Of(t, 40_000, 2_000_000) {
		spellings := mailboxes[random.IntN(len(mailboxes))]
		one := spellings[random.IntN(len(spellings))]
		other := bend(random, one)
		if apart(t, one, other) {
			same++
		}
	}
	require.Positive(t, same, "case and spaces alone leave somebody who they are")
}

// bend changes one to three places of a text by what looks alike, hides, or
// means something elsewhere.
func bend(random *rand.Rand, text string) string {
	runes := []rune(text)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(runes) + 1)
		switch piece := []rune(hostile()[random.IntN(len(hostile()))]); random.IntN(4) {
		case 0: // put in
			runes = slices.Insert(runes, at, piece...)
		case 1: // put in the place of one
			runes = slices.Replace(runes, at, min(at+1, len(runes)), piece...)
		case 2: // left out
			runes = slices.Delete(runes, at, min(at+1, len(runes)))
		default: // in the other case
			if at < len(runes) {
				runes[at] = unicode.SimpleFold(runes[at])
			}
		}
	}
	return string(runes)
}

func hostile() []string {
	return []string{
		" ", ".", "+", "+tag", "@", "-", "xn--", "\"", "(x)", "\x00", "\r\n", "\t", "i", "ı", "İ", "K", "ſ", "ß", "ss", "ﬁ", "fi",
		"ａ", "＠", "．", "。", "а", "е", "о", "é", "e\u0301", "\u200d", "\u200c", "\u00ad", "\u202e", "\ufe0f", "\u00a0", "ς", "σ",
	}
}

func domain(a email.Address) string {
	_, part, _ := strings.Cut(a.Stored(), "@")
	return part
}

// local is the part before the @, its ASCII letters lowered by other means than
// the package's.
func local(text string) string {
	part, _, _ := strings.Cut(strings.Trim(text, " "), "@")
	return lower(part)
}

func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, text)
}
