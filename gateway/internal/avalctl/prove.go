package avalctl

import (
	"fmt"
	"io"
	"strings"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	"github.com/aval-access/aval/services/ledger"
)

// prove prints the facts of one consent, each with its place in the tree.
func prove(out io.Writer, consent string, bundle *consentv1.LedgerBundle) error {
	found := 0
	for _, entry := range bundle.GetEntries() {
		leaf, err := ledger.DecodeLeaf(entry.GetLeaf())
		if err != nil {
			continue // the verdict names it
		}
		record, actor, err := ledger.Open(entry, leaf)
		if err != nil || record.GetConsentId() != consent {
			continue
		}
		found++
		fmt.Fprintf(out, "%s  leaf %d  %s\n", leaf.GetTime().AsTime().Format(time.RFC3339), leaf.GetSequence(), record.GetAction())
		for _, line := range facts(entry, record, actor) {
			if line[1] != "" {
				fmt.Fprintf(out, "    %-12s %s\n", line[0], line[1])
			}
		}
	}
	if found == 0 {
		return fail(NotFound, "the download proves nothing about %s", consent)
	}
	return nil
}

func facts(entry *consentv1.LedgerEntry, r *consentv1.LedgerRecord, actor *consentv1.LedgerActor) [][2]string {
	out := [][2]string{
		{"in words", entry.GetEntry().GetSentence()},
		{"client", r.GetAccountId()},
		{"partner", r.GetPartnerId()},
		{"for", r.GetSubjectId()},
		{"by", strings.TrimSpace(actor.GetActorId() + " " + actor.GetActorName())},
		{"visit", r.GetSupportSessionId()},
	}
	e := r.GetEvidence()
	if e == nil {
		return out
	}
	var rights []string
	for _, right := range e.GetRights() {
		rights = append(rights, right.GetFeature()+" "+strings.TrimPrefix(right.GetLevel().String(), "LEVEL_"))
	}
	end := "until stopped"
	if e.GetExpireTime() != nil {
		end = e.GetExpireTime().AsTime().Format(time.RFC3339)
	}
	return append(out, [][2]string{
		{"rights", strings.Join(rights, ", ")},
		{"duration", e.GetDuration() + ", " + end},
		{"proven by", e.GetAssurance()},
		{"text", fmt.Sprintf("sha-256 %s, version %s, %s", e.GetTextHash(), e.GetTextVersion(), e.GetTextLocale())},
	}...)
}
