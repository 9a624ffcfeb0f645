package email_test

import (
	"fmt"
	"iter"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/aval-access/aval/services/kit/email"
)

// line is an address with whose mailbox it names by the rules of its family,
// told without the package: "" is nobody's, which must be refused.
type line struct {
	text, who string
	// maybe: it may be refused as well, and is then nobody's.
	maybe bool
}

// families are the ways in which an address passes for another, each written
// down as a rule over code points.
func families() map[string]iter.Seq[line] {
	return map[string]iter.Seq[line]{
		"letters in the other case":            cases,
		"dots and tags are somebody else":      dotsAndTags,
		"every byte at every place":            eachByte,
		"what folds into ASCII":                folding,
		"what does not show":                   invisibles,
		"marks put on letters":                 marks,
		"letters of other scripts":             confusables,
		"what looks like a dot, or an at sign": separators,
		"encoded labels":                       encoded,
		"quotes, comments, lists and headers":  syntax,
		"too long":                             lengths,
	}
}

// T-15: five thousand addresses made to pass for others: no two mailboxes have
// one key, no mailbox two, and a key is its own key.
func TestEveryFamilyOfLookalikes(t *testing.T) {
	t.Parallel()
	owner, key, seen := map[string]string{}, map[string]string{}, map[string]bool{}
	for name, lines := range families() {
		before := len(seen)
		for l := range lines {
			seen[l.text] = true
			address, err := email.Parse(l.text)
			if err != nil {
				require.True(t, l.maybe || l.who == "", "%s: %+q is somebody's: %v", name, l.text, err)
				continue
			}
			require.NotEmpty(t, l.who, "%s: %+q gave %q", name, l.text, address.Stored())
			k := address.Key()
			require.Equal(t, l.who, first(owner, k, l.who), "%s: %+q has the key of another mailbox", name, l.text)
			require.Equal(t, k, first(key, l.who, k), "%s: %+q has another key than its mailbox", name, l.text)
			for _, form := range []string{k, address.Stored()} {
				again, err := email.Parse(form)
				require.NoError(t, err, "%s: %+q", name, l.text)
				require.Equal(t, k, again.Key(), "%s: %+q", name, l.text)
			}
		}
		t.Logf("%s: %d", name, len(seen)-before)
	}
	require.Greater(t, len(seen), 5000)
}

// first gives what a name was given first.
func first(of map[string]string, name, given string) string {
	if known, ok := of[name]; ok {
		return known
	}
	of[name] = given
	return given
}

func cases(yield func(line) bool) {
	for _, name := range []string{"ada", "kim", "mike", "iris", "strasse"} {
		for mask := range 1 << len(name) {
			bent := []byte(name)
			for i := range bent {
				if mask>>i&1 == 1 {
					bent[i] -= 'a' - 'A'
				}
			}
			for _, form := range []string{"%s@cases.example", " %s@CASES.example  ", "%s@Cases.Example"} {
				if !yield(line{text: fmt.Sprintf(form, bent), who: name + "@cases.example"}) {
					return
				}
			}
		}
	}
}

func dotsAndTags(yield func(line) bool) {
	const name = "adalove"
	for mask := range 1 << (len(name) - 1) {
		var text strings.Builder
		for i := range name {
			text.WriteByte(name[i])
			if mask>>i&1 == 1 {
				text.WriteByte('.')
			}
		}
		for _, tag := range []string{"", "+", "+x", "++x", "+x+", "+cabinet1", "-x", "_x", "=x", "%x"} {
			one := text.String() + tag + "@tags.example"
			if !yield(line{text: one, who: one}) {
				return
			}
		}
	}
}

const atext = "!#$%&'*+/=?^_`{|}~-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func eachByte(yield func(line) bool) {
	for b := range 256 {
		c := string([]byte{byte(b)})
		inside := line{text: "a" + c + "da@bytes.example"}
		if strings.Contains(atext, c) || c == "." {
			inside.who = strings.ToLower(inside.text)
		}
		host := line{text: "ada@by" + c + "tes.example"}
		if b == '.' || b == '-' || b < utf8.RuneSelf && (unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b))) {
			host.who = strings.ToLower(host.text)
		}
		edges := []line{inside, host, {text: c + "@"}, {text: "@" + c}}
		if b != ' ' {
			edges = append(edges, line{text: "ada@bytes.example" + c, who: strings.ToLower("ada@bytes.example" + c), maybe: true})
		}
		for _, l := range edges {
			if !yield(l) {
				return
			}
		}
	}
}

// folding is every code point that some folding turns into ASCII: in a name it
// is refused, in a domain it is what browsers make of it, or refused.
func folding(yield func(line) bool) {
	for r := rune(utf8.RuneSelf); r <= 0x1ffff; r++ {
		// Go alone lowers İ to i.
		plain := strings.ToLower(norm.NFKC.String(string(r)))
		if r == 'İ' || unicode.Is(unicode.Cs, r) || plain == "" || strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			continue
		}
		if !yield(line{text: "fo" + string(r) + "ld@fold.example"}) ||
			!yield(line{text: "ada@fo" + string(r) + "ld.example", who: "ada@fo" + plain + "ld.example", maybe: true}) {
			return
		}
	}
	for _, l := range []line{
		{text: "ı@fold.example"}, {text: "İ@fold.example"}, {text: "stra\u00dfe@fold.example"}, {text: "ﬁ@fold.example"},
		{text: "ada@stra\u00dfe.example", who: "ada@stra\u00dfe.example"}, {text: "ada@strasse.example", who: "ada@strasse.example"},
		{text: "ada@fıld.example", who: "ada@fıld.example"}, {text: "ada@fild.example", who: "ada@fild.example"},
		{text: "ada@fİld.example", who: "ada@fi\u0307ld.example"},
	} {
		if !yield(l) {
			return
		}
	}
}

// invisibles is every code point that shows as nothing, or as a space.
func invisibles(yield func(line) bool) {
	for r := rune(0x80); r <= 0xe01ef; r++ {
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			continue
		}
		for _, form := range []string{"a%cda@hidden.example", "%cada@hidden.example", "ada@hid%cden.example", "ada@hidden.example%c"} {
			if !yield(line{text: fmt.Sprintf(form, r)}) {
				return
			}
		}
	}
}

func marks(yield func(line) bool) {
	for mark := rune(0x300); mark <= 0x36f; mark++ {
		for _, letter := range []string{"a", "e", "o", "s"} {
			host := "ada@ma" + letter + string(mark) + "rk.example"
			if !yield(line{text: "ma" + letter + string(mark) + "rk@marks.example"}) ||
				!yield(line{text: host, who: norm.NFC.String(host), maybe: true}) ||
				!yield(line{text: norm.NFC.String(host), who: norm.NFC.String(host), maybe: true}) {
				return
			}
		}
	}
}

// confusables are letters that are drawn like those of Latin, by script.
func confusables(yield func(line) bool) {
	for _, script := range []string{
		"аеорсухіјѕһԛԝѵԁѡіӏқңүҳ", "οανιυρτκηωσεγβχγ", "օսոցհքԁյգ", "ɑɡɩıʋʏȷɪɴʀƅƒƚ", "ᴀʙᴄᴅᴇᴊᴋᴍɴᴏᴘᴛᴜᴠᴡᴢ", "ꜰꜱꞇꞵ", "০୦௦ഠ൦๐໐၀ဝ",
	} {
		for _, r := range script {
			host := "ada@con" + string(r) + "fuse.example"
			whole := "ada@" + strings.Repeat(string(r), 3) + ".example"
			if !yield(line{text: "con" + string(r) + "fuse@scripts.example"}) ||
				!yield(line{text: host, who: strings.ToLower(host), maybe: true}) ||
				!yield(line{text: whole, who: strings.ToLower(whole), maybe: true}) {
				return
			}
		}
	}
}

func separators(yield func(line) bool) {
	dots := strings.NewReplacer("。", ".", "．", ".", "｡", ".") // RFC 3490 §3.1
	for _, dot := range "。．｡" {
		if !yield(line{text: "ada@dots" + string(dot) + "example", who: "ada@dots.example"}) ||
			!yield(line{text: "a" + string(dot) + "da@dots.example"}) {
			return
		}
	}
	for _, r := range "․‧·•∙⋅・܁٠۔⸼ꓸ𐩐॰。᠃：∶꞉；；，،‚＠﹫⁄∕⧸／＃？＼⧵" {
		for _, form := range []string{"a%cda@dots.example", "ada@evil%cdots.example", "ada%cdots.example", "ada@dots%c", "ada@dots.example%cevil.example"} {
			text := fmt.Sprintf(form, r)
			if !yield(line{text: text, who: dots.Replace(text), maybe: true}) {
				return
			}
		}
	}
}

// encoded are labels in the form of the wire that no one's name has: of plain
// ASCII, and of what names are changed from before they are encoded.
func encoded(yield func(line) bool) {
	for a := 'a'; a <= 'z'; a++ {
		for _, form := range []string{"ada@xn--%cbc-.example", "ada@XN--%cbc-.example", "ada@xn--%c-.example", "ada@xn--%c9a.xn--%[1]c-.example", "%c@xn--.example"} {
			if !yield(line{text: fmt.Sprintf(form, a)}) {
				return
			}
		}
	}
	for r := rune(0xc0); r <= 0x17f; r++ {
		for _, label := range []string{"x" + string(r), "x" + lower(norm.NFD.String(string(r)))} {
			ascii, err := idna.Punycode.ToASCII(label)
			one := strings.ToLower(norm.NFC.String(label)) == label && norm.NFKC.String(label) == label
			l := line{text: "ada@" + ascii + ".example", who: "ada@" + label + ".example", maybe: true}
			if !one {
				l = line{text: l.text}
			}
			if err == nil && !yield(l) {
				return
			}
		}
	}
}

func syntax(yield func(line) bool) {
	for _, name := range []string{"ada", "a.da", "ada+x", "o'neil"} {
		for _, form := range []string{
			`"%s"@syntax.example`, `"%s "@syntax.example`, `"%s@evil"@syntax.example`, `%s.""@syntax.example`, `(x)%s@syntax.example`, `%s(x)@syntax.example`,
			`%s@(x)syntax.example`, `%s@syntax.example(x)`, `<%s@syntax.example>`, `Ada <%s@syntax.example>`, `mailto:%s@syntax.example`,
			`%s@syntax.example,eve@evil.example`, `%s@syntax.example;eve@evil.example`, `%s@syntax.example eve@evil.example`, `eve@evil.example %s@syntax.example`,
			`@evil.example:%s@syntax.example`, `%s@evil.example@syntax.example`, `%s@@syntax.example`, `.%s@syntax.example`, `%s.@syntax.example`, `%s..x@syntax.example`,
			`%s@.syntax.example`, `%s@syntax..example`, `%s@syntax.example.`, `%s@-syntax.example`, `%s@syntax-.example`, `%s@syn_tax.example`, `%s@sy--ntax.example`,
			`%s@localhost`, `%s@[127.0.0.1]`, `%s@[IPv6:::1]`, `%s@127.0.0.1`, `%s@2130706433`, `%s@0x7f.1`, `%s@1.2`, `%s@syntax.1`, `%s@syntax.example/..`, `%s@syntax.example?x`,
			"%s@syntax.example\r\nBcc: eve@evil.example", "%s@syntax.example\nBcc:eve@evil.example", "%s@syntax.example\r", "%s\r\n@syntax.example", "\r\n%s@syntax.example",
			"%s@syntax.example\x00", "%s\x00@syntax.example", "%s@syntax.example\x00.evil.example", "%s@syn\r\n tax.example", "%s%%0d%%0a@syntax.example\n",
		} {
			if !yield(line{text: fmt.Sprintf(form, name)}) {
				return
			}
		}
	}
}

// lengths go over each bound: 64 bytes before the at sign, 63 a label, 254 all
// in all.
func lengths(yield func(line) bool) {
	for n := range 400 {
		name := line{text: strings.Repeat("n", n) + "@long.example"}
		if 0 < n && n <= 64 {
			name.who = name.text
		}
		label := line{text: "ada@" + strings.Repeat("d", n) + ".example"}
		if 0 < n && n <= 63 {
			label.who = label.text
		}
		whole := line{text: "a@" + strings.Repeat("d.", n) + "example"}
		if 0 < n && len(whole.text) <= 254 {
			whole.who = whole.text
		}
		wide := line{text: "a@" + strings.Repeat("é.", n) + "example", maybe: true}
		wide.who = wide.text
		for _, l := range []line{name, label, whole, wide} {
			if !yield(l) {
				return
			}
		}
	}
}
