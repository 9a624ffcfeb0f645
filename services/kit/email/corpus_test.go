package email_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/email"
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
	f.Fuzz(func(t *testing.T, one, other string) {
		a, err := email.Parse(one)
		if err != nil {
			return
		}
		b, err := email.Parse(other)
		if err != nil || a.Key() != b.Key() {
			return
		}
		if local(one) != local(other) || domain(a) != domain(b) {
			t.Fatalf("%+q and %+q have the key %q", one, other, a.Key())
		}
	})
}

func domain(a email.Address) string {
	_, part, _ := strings.Cut(a.Stored(), "@")
	return part
}

// local is the part before the @, its ASCII letters lowered by other means than
// the package's.
func local(text string) string {
	part, _, _ := strings.Cut(strings.Trim(text, " "), "@")
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, part)
}
