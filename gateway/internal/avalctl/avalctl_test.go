package avalctl_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/aval-access/aval/gateway/internal/avalctl"
	"github.com/aval-access/aval/gateway/internal/ledgerfile"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/ledger"
)

// bundle is a download on disk: three facts of one consent, signed.
type bundle struct {
	consent, file string
	signer        *ledger.Signer
	tree          *ledger.Tree
	pages         []*consentv1.ListLedgerEntriesResponse
}

func setup(t *testing.T) *bundle {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	b := &bundle{consent: id.New().Text("cns"), file: filepath.Join(t.TempDir(), "ledger.json"), tree: ledger.Grow(0, nil)}
	b.signer, err = ledger.NewSigner("aval.example/ledger", []ed25519.PrivateKey{key})
	require.NoError(t, err)
	for _, action := range []string{"requested", "given", "ended"} {
		b.add(t, "aval.consent.v1.consent."+action)
	}
	b.sign(t)
	b.write(t)
	return b
}

// add puts one fact on a page of its own.
func (b *bundle) add(t *testing.T, action string) {
	t.Helper()
	when := timestamppb.New(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	fact := &consentv1.HistoryEntry{
		Id: id.New().Text("act"), ConsentId: b.consent, Action: action, Time: when, SubjectId: id.New().Text("usr"),
		Object: `=HYPERLINK("https://evil.test")`, Outcome: consentv1.Outcome_OUTCOME_DONE, Sentence: "'tis \"quoted\", twice",
		Changes: []*consentv1.HistoryChange{{What: "role", Before: "MEMBER", After: "ADMIN"}},
	}
	record, err := ledger.Seal(&consentv1.LedgerRecord{
		Id: fact.GetId(), ConsentId: b.consent, Action: action, Time: when, SubjectId: fact.GetSubjectId(),
		Object: fact.GetObject(), Outcome: fact.GetOutcome(), Changes: fact.GetChanges(),
		Evidence: &consentv1.LedgerEvidence{TextHash: "4f2c", TextVersion: "7", TextLocale: "fr", Assurance: "EMAIL_LINK_CODE", Duration: "1_WEEK"},
	})
	require.NoError(t, err)
	leaf, err := ledger.EncodeLeaf(&consentv1.LedgerLeaf{Sequence: b.tree.Size(), Time: when, Type: action, Commitment: record.Commitment})
	require.NoError(t, err)
	entry := &consentv1.LedgerEntry{Sequence: b.tree.Size(), Leaf: leaf, Record: record.Content, RecordKey: record.Key, Entry: fact}
	require.NoError(t, b.tree.Append(tlog.RecordHash(leaf)))
	b.pages = append(b.pages, &consentv1.ListLedgerEntriesResponse{Entries: []*consentv1.LedgerEntry{entry}, NextPageToken: "next"})
}

// sign proves every entry against the tree as it is, and gives the checkpoint.
func (b *bundle) sign(t *testing.T) string {
	t.Helper()
	size := b.tree.Size()
	root, err := b.tree.Root(size)
	require.NoError(t, err)
	note, err := b.signer.Sign(size, root)
	require.NoError(t, err)
	for i, page := range b.pages {
		proofs, err := b.tree.Prove(size, []int64{int64(i)})
		require.NoError(t, err)
		page.Entries[0].Proof = nil
		for _, hash := range proofs[0] {
			page.Entries[0].Proof = append(page.Entries[0].Proof, hash[:])
		}
	}
	b.pages[0].VerifierKeys = b.signer.VerifierKeys()
	b.pages[0].Checkpoint = &consentv1.LedgerCheckpoint{TreeSize: size, RootHash: root[:], Note: note}
	return note
}

func (b *bundle) write(t *testing.T) {
	t.Helper()
	b.pages[len(b.pages)-1].NextPageToken = ""
	at := 0
	var out bytes.Buffer
	require.NoError(t, ledgerfile.JSON().Write(&out, func(string) (*consentv1.ListLedgerEntriesResponse, error) {
		at++
		return b.pages[at-1], nil
	}))
	require.NoError(t, os.WriteFile(b.file, out.Bytes(), 0o600))
}

func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = avalctl.Run(t.Context(), args, avalctl.Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func TestADownloadIsVerifiedOffline(t *testing.T) { // T-17
	t.Parallel()
	b := setup(t)
	code, out, errs := run(t, "ledger", "verify", b.file, "--key", b.signer.VerifierKeys()[0])
	require.Equal(t, avalctl.OK, code, errs)
	require.Contains(t, out, "aval.example/ledger: 3 leaves")
	require.Contains(t, out, "3 records opened")
	require.Contains(t, out, "sound")

	b.pages[1].Entries[0].Record[1] ^= 1
	b.write(t)
	code, out, errs = run(t, "ledger", "verify", b.file)
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, out, "RECORD_ALTERED at 1")
	require.JSONEq(t, `{"code":1,"error":"1 findings: this is not the ledger that was signed"}`, errs)
}

// T-17 R110: the table proves as much as the JSON: its rows lead to the signed
// root, a cell that somebody changed is named, and one that was cut off is no
// file.
func TestATableIsVerifiedOffline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	table := b.table(t)
	require.Contains(t, table, `"'=HYPERLINK(""https://evil.test"")"`, "no spreadsheet runs it")
	verify := func(text string) (code int, out, errs string) {
		require.NoError(t, os.WriteFile(b.file, []byte(text), 0o600))
		return run(t, "ledger", "verify", b.file, "--key", b.signer.VerifierKeys()[0])
	}
	code, out, errs := verify(table)
	require.Equal(t, avalctl.OK, code, "%s %s", out, errs)
	require.Contains(t, out, "3 records opened")
	code, out, errs = run(t, "ledger", "prove", b.consent, b.file)
	require.Equal(t, avalctl.OK, code, errs)
	require.Contains(t, out, "leaf 1  aval.consent.v1.consent.given")

	code, out, _ = verify(strings.Replace(table, "MEMBER", "OWNER", 1))
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, out, "ENTRY_ALTERED at 0: the history shows another change")
	code, out, _ = verify(strings.Replace(table, "2026-03-02", "2026-03-03", 1))
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, out, "another time")
	proof := base64.StdEncoding.EncodeToString(b.pages[1].Entries[0].GetProof()[0])
	code, out, _ = verify(strings.Replace(table, proof, base64.StdEncoding.EncodeToString(make([]byte, 32)), 1))
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, out, "its proof does not lead to the signed root")
	rows := strings.SplitAfter(table, "\n")
	code, _, errs = verify(strings.Join(rows[:3], ""))
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, errs, "no checkpoint that can be trusted")
}

// table is the download as CSV.
func (b *bundle) table(t *testing.T) string {
	t.Helper()
	at := 0
	var out bytes.Buffer
	require.NoError(t, ledgerfile.CSV().Write(&out, func(string) (*consentv1.ListLedgerEntriesResponse, error) {
		at++
		return b.pages[at-1], nil
	}))
	return out.String()
}

func TestAConsentIsProvenOffline(t *testing.T) { // C7: the text that was shown
	t.Parallel()
	b := setup(t)
	code, out, errs := run(t, "ledger", "prove", b.consent, b.file)
	require.Equal(t, avalctl.OK, code, errs)
	require.Contains(t, out, "leaf 1  aval.consent.v1.consent.given")
	require.Contains(t, out, "sha-256 4f2c, version 7, fr")
	require.Contains(t, out, "EMAIL_LINK_CODE")
	code, _, errs = run(t, "ledger", "prove", id.New().Text("cns"), b.file)
	require.Equal(t, avalctl.NotFound, code, errs)
}

func TestAKeptCheckpointHoldsTheLedgerToItsPast(t *testing.T) { // T-17: rollback
	t.Parallel()
	b := setup(t)
	kept := filepath.Join(t.TempDir(), "checkpoint")
	b.add(t, "aval.consent.v1.consent.reminded") // later, and not in the download
	later := b.sign(t)
	require.NoError(t, os.WriteFile(kept, []byte(later), 0o600))
	code, out, _ := run(t, "ledger", "verify", b.file, "--seen", kept)
	require.Equal(t, avalctl.Failed, code)
	require.Contains(t, out, "ROLLED_BACK: it had 4 leaves and has 3")
}

func TestWhatCannotBeDoneIsToldByItsCode(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		code int
		args []string
	}{
		{avalctl.Usage, []string{"ledger", "verify"}},
		{avalctl.Usage, []string{"ledger", "verify", b.file, "--nonsense"}},
		{avalctl.Usage, []string{"ledger", "verify", b.file + ".gone"}},
		{avalctl.Usage, []string{"ledger", "checkpoint", "--server", ""}},
		{avalctl.Failed, []string{"ledger", "verify", "-"}}, // nothing comes
		{avalctl.Failed, []string{"ledger", "verify", b.file, "--key", "aval.example/ledger+00000000+AA=="}},
		{avalctl.Failed, []string{"ledger", "checkpoint", "--server", "http://127.0.0.1:1"}},
	} {
		code, _, errs := run(t, c.args...)
		require.Equal(t, c.code, code, "%v: %s", c.args, errs)
		require.Contains(t, errs, `"error":`)
	}
}

func TestAFileThatWasCutOffIsNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var out bytes.Buffer
	at := 0
	lost := errors.New("lost")
	err := ledgerfile.JSON().Write(&out, func(string) (*consentv1.ListLedgerEntriesResponse, error) {
		if at++; at == 2 {
			return nil, lost
		}
		return b.pages[at-1], nil
	})
	require.ErrorIs(t, err, lost)
	_, err = ledgerfile.Read(&out)
	require.Error(t, err)
}
