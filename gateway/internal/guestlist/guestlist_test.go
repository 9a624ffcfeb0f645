package guestlist_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/aval-access/aval/gateway/internal/guestlist"
	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/kit/fault"
)

func options(t *testing.T) guestlist.Options {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return guestlist.Options{Zone: zone, Features: []*membershipv1.Feature{
		{Path: "emailings", LabelFr: "Emailings", LabelEn: "Emailings"},
		{Path: "account/invoices", LabelFr: "Factures du compte", LabelEn: "Account invoices"},
	}}
}

func TestFilesAsSpreadsheetsWriteThem(t *testing.T) { // R102, R115, R122
	t.Parallel()
	for name, file := range map[string]string{
		"French":          "E-mail;Prénom;Nom;Rôle;Jusqu'au;Factures du compte\r\nana@x.fr;Ana;Petit;Administrateur;31/12/2026;Éditeur\r\n",
		"English":         "email,first name,last name,role,until,account/invoices\nana@x.fr,Ana,Petit,administrator,2026-12-31,editor\n",
		"a byte order":    "\xef\xbb\xbfcourriel;prenom;nom;role;fin;Account invoices\nana@x.fr;Ana;Petit;admin;2026-12-31;EDITOR\n",
		"tabs and quotes": "mail\tPrénom\tNom\tRole\tEnd date\tFactures du compte\n\"ana@x.fr\"\t\"Ana\"\tPetit\tadmin\t31/12/2026\tediteur",
		"another code":    "e-mail;Pr\xe9nom;Nom;R\xf4le;Jusqu'au;Factures du compte\nana@x.fr;Ana;Petit;Administrateur;31/12/2026;\xc9diteur\n",
		"more columns":    "n°;e-mail;Prénom;Nom;Rôle;Jusqu'au;Factures du compte;ville\n1;ana@x.fr;Ana;Petit;admin;31/12/2026;editeur;Lyon\n",
	} {
		lines, err := guestlist.Read([]byte(file), options(t))
		require.NoError(t, err, name)
		require.Len(t, lines, 1, name)
		row := lines[0].Row
		require.Equal(t, 2, lines[0].Number, name)
		require.Empty(t, lines[0].Rule, name)
		require.Equal(t, []string{"ana@x.fr", "Ana", "Petit"}, []string{row.GetEmail(), row.GetGivenName(), row.GetFamilyName()}, name)
		require.Equal(t, membershipv1.Role_ROLE_ADMIN, row.GetRole(), name)
		require.Equal(t, "2026-12-31T22:59:00Z", row.GetMemberValidUntil().AsTime().Format(time.RFC3339), name)
		require.Equal(t, "account/invoices", row.GetRights()[0].GetFeature(), name)
		require.Equal(t, authzv1.Level_LEVEL_EDITOR, row.GetRights()[0].GetLevel(), name)
	}
}

func TestBadLinesAreNamedAndTheOthersRead(t *testing.T) {
	t.Parallel()
	file := "email;nom;role;fin;emailings\n" +
		"a@x.fr;A;;;\n" +
		"b@x.fr;B\n" + // 3
		"c@x.fr;C;roi;;\n" + // 4
		"d@x.fr;D;;hier;\n" + // 5
		"e@x.fr;E;;;beaucoup\n" + // 6
		"\"f@x.fr\";\"F \"\"G\"\"\";;;\n" +
		"h\"@x.fr;H;;;\n" + // 8
		"i@x.fr;I;;;Invité\n" +
		"A@X.fr;A;;;\n" // 10
	lines, err := guestlist.Read([]byte(file), options(t))
	require.NoError(t, err)
	wrong := map[int]string{}
	for _, line := range lines {
		if line.Rule != "" {
			wrong[line.Number] = line.Rule
			require.NotEqual(t, fault.RuleText("*", "fr"), fault.RuleText(line.Rule, "fr"), "it has words")
		}
	}
	require.Equal(t, map[int]string{3: "csv.columns", 4: "csv.role", 5: "csv.date", 6: "csv.level", 8: "csv.quote", 10: "row.repeated"}, wrong)
	require.Len(t, lines, 9)
	require.Equal(t, `F "G"`, lines[5].Row.GetFamilyName())
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, rule string }{
		"empty":       {"", "csv.empty"},
		"header only": {"email;nom\n", "csv.empty"},
		"no address":  {"prenom;nom\nA;B\n", "csv.no_email_column"},
		"binary":      {"PK\x03\x04\x00\x00", "csv.encoding"},
		"too long":    {"email\n" + strings.Repeat("a@x.fr\n", guestlist.MaxLines+1), "csv.too_many"},
	} {
		_, err := guestlist.Read([]byte(c.file), options(t))
		details, ok := fault.Details(err)
		require.True(t, ok, name)
		require.Equal(t, c.rule, details.Fields()[0].Rule, name)
	}
}

// membership answers every row as created.
type membership struct {
	membershipv1.InvitationServiceClient
	asked *membershipv1.BatchCreateInvitationsRequest
}

func (m *membership) BatchCreateInvitations(
	_ context.Context, in *membershipv1.BatchCreateInvitationsRequest, _ ...grpc.CallOption,
) (*membershipv1.BatchCreateInvitationsResponse, error) {
	m.asked = in
	out := &membershipv1.BatchCreateInvitationsResponse{}
	for _, row := range in.GetRows() {
		out.Results = append(out.Results, &membershipv1.InvitationRowResult{
			Key: row.GetKey(), Outcome: membershipv1.InvitationOutcome_INVITATION_OUTCOME_CREATED,
		})
	}
	return out, nil
}

func TestResultsStandInTheFilesOrder(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("email;role\n")
	for n := range 20 {
		role := ""
		if n%5 == 0 {
			role = "roi"
		}
		fmt.Fprintf(&file, "p%d@x.fr;%s\n", n, role)
	}
	lines, err := guestlist.Read([]byte(file.String()), options(t))
	require.NoError(t, err)
	server := &membership{}
	results, err := guestlist.Invite(t.Context(), server, guestlist.Batch{OrganizationID: "org_1", RequestID: "r", Lines: lines, Locale: "fr"})
	require.NoError(t, err)
	require.Len(t, server.asked.GetRows(), 16)
	require.Len(t, results, 20)
	for n, result := range results {
		require.Equal(t, fmt.Sprint(n+2), result.GetKey())
		require.Equal(t, n%5 == 0, result.GetOutcome() == membershipv1.InvitationOutcome_INVITATION_OUTCOME_REFUSED)
	}
	require.NotEmpty(t, results[0].GetMessage())
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("email;nom\na@x.fr;A\n"))
	f.Add([]byte("\xef\xbb\xbfemail,\"no\"\"m\"\n\"a\n@x.fr\",A"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := guestlist.Read(data, guestlist.Options{Zone: time.UTC})
		if err == nil && (len(lines) == 0 || len(lines) > guestlist.MaxLines) {
			t.Fatal("a file without an error has lines")
		}
	})
}
