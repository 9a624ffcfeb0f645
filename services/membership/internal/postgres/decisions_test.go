package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/pg"
	"github.com/aval-access/aval/services/membership/internal/domain"
	"github.com/aval-access/aval/services/membership/internal/postgres"
)

const yes = domain.Denial("")

func TestMembershipDecides(t *testing.T) { // R50, R116 to R121
	t.Parallel()
	b := setup(t)
	account := b.organization(domain.Client)
	member := func(rights domain.Rights) domain.Offer {
		return domain.Offer{Role: domain.Member, Rights: rights}
	}
	for name, c := range map[string]struct {
		offer   domain.Offer
		feature string
		level   domain.Level
		want    domain.Denial
	}{
		"an owner holds everything":                       {domain.Offer{Role: domain.Owner}, "spending", domain.LevelApprover, yes},
		"an owner holds Aval's permissions":               {domain.Offer{Role: domain.Owner}, "aval/members", domain.LevelApprover, yes},
		"an administrator holds everything":               {domain.Offer{Role: domain.Admin}, "accounting/bank", domain.LevelApprover, yes},
		"an administrator holds Aval's permissions":       {domain.Offer{Role: domain.Admin}, "aval/partner/assignments", domain.LevelApprover, yes},
		"a plain member holds nothing":                    {member(nil), "management", domain.LevelGuest, domain.LevelTooLow},
		"a plain member sees the organisation":            {member(nil), "aval/organization", domain.LevelGuest, yes},
		"a plain member does not change it":               {member(nil), "aval/organization", domain.LevelEditor, domain.LevelTooLow},
		"a plain member does not invite":                  {member(nil), "aval/invitations", domain.LevelApprover, domain.LevelTooLow},
		"a right reaches its children":                    {member(domain.Rights{"management": 4}), "management/invoices", domain.LevelApprover, yes},
		"a right does not reach its parent":               {member(domain.Rights{"management/invoices": 4}), "management", domain.LevelGuest, domain.LevelTooLow},
		"a right does not reach its sibling":              {member(domain.Rights{"management/invoices": 4}), "management/quotes", domain.LevelGuest, domain.LevelTooLow},
		"the nearest ancestor wins when it is lower":      {member(domain.Rights{"account": 4, "account/invoices": 1}), "account/invoices", domain.LevelGuest, domain.LevelTooLow},
		"the nearest ancestor wins when it is higher":     {member(domain.Rights{"account": 2, "account/invoices": 3}), "account/invoices", domain.LevelEditor, yes},
		"guest consults":                                  {member(domain.Rights{"emailings": 2}), "emailings", domain.LevelGuest, yes},
		"guest does not edit":                             {member(domain.Rights{"emailings": 2}), "emailings", domain.LevelEditor, domain.LevelTooLow},
		"editor edits":                                    {member(domain.Rights{"emailings": 3}), "emailings", domain.LevelEditor, yes},
		"editor does not validate":                        {member(domain.Rights{"emailings": 3}), "emailings", domain.LevelApprover, domain.LevelTooLow},
		"approver validates":                              {member(domain.Rights{"emailings": 4}), "emailings", domain.LevelApprover, yes},
		"a membership reaches sensitive features":         {member(domain.Rights{"accounting": 4}), "accounting/bank", domain.LevelApprover, yes},
		"a right deep in the tree reaches three levels":   {member(domain.Rights{"aval/partner": 3}), "aval/partner/dossiers", domain.LevelEditor, yes},
		"a member may hold the right to consent":          {member(domain.Rights{"aval/consent.approve": 4}), "aval/consent.approve", domain.LevelApprover, yes},
		"an unknown feature is told":                      {domain.Offer{Role: domain.Owner}, "nothing/here", domain.LevelGuest, domain.FeatureUnknown},
		"the root is no feature":                          {domain.Offer{Role: domain.Owner}, "", domain.LevelGuest, domain.FeatureUnknown},
		"a partner role gives nothing in the own company": {domain.Offer{Role: domain.Member, PartnerRole: domain.TechnicalSupport}, "management", domain.LevelGuest, domain.LevelTooLow},
		"a right on a prefix that is no ancestor is none": {member(domain.Rights{"sms": 4}), "spending", domain.LevelGuest, domain.LevelTooLow},
	} {
		t.Run(name, func(t *testing.T) {
			user := id.New()
			b.member(account, user, c.offer)
			answer := b.decide(domain.Question{SubjectID: user, AccountID: account, Feature: c.feature, Level: c.level})
			require.Equal(t, c.want, answer.Denial)
			require.Equal(t, c.want == yes, answer.Allowed())
			if c.want == yes {
				require.Equal(t, domain.Answer{Source: domain.FromMembership}, answer)
			}
		})
	}
}

func TestGrantDecides(t *testing.T) { // R31, R123, R130
	t.Parallel()
	b := setup(t)
	full := domain.Rights{"management": 4, "accounting": 4}
	for name, c := range map[string]struct {
		rights  domain.Rights
		feature string
		level   domain.Level
		want    domain.Denial
	}{
		"support reaches general management":               {full, "management/invoices", domain.LevelApprover, yes},
		"support reaches the accounting pages":             {full, "accounting/entries", domain.LevelApprover, yes},
		"the client lowers a right":                        {domain.Rights{"management": 2, "accounting": 4}, "management/contacts", domain.LevelEditor, domain.LevelTooLow},
		"the client takes one page out":                    {domain.Rights{"management": 4, "management/invoices": 1}, "management/invoices", domain.LevelGuest, domain.LevelTooLow},
		"what the client did not grant":                    {domain.Rights{"management": 4}, "accounting/entries", domain.LevelGuest, domain.LevelTooLow},
		"the role's preset bounds what the client granted": {domain.Rights{"emailings": 4}, "emailings", domain.LevelGuest, domain.LevelTooLow},
		"sensitive without its line":                       {full, "accounting/bank", domain.LevelGuest, domain.LevelTooLow},
		"sensitive with its line":                          {domain.Rights{"accounting/bank": 4}, "accounting/bank", domain.LevelApprover, yes},
		"sensitive with a lower line":                      {domain.Rights{"accounting": 4, "accounting/bank": 2}, "accounting/bank", domain.LevelEditor, domain.LevelTooLow},
		"excluded even when granted":                       {domain.Rights{"spending": 4}, "spending", domain.LevelGuest, domain.Excluded},
		"the members are excluded":                         {domain.Rights{"account": 4}, "account/users", domain.LevelGuest, domain.Excluded},
		"billing is excluded":                              {domain.Rights{"account/invoices": 4}, "account/invoices", domain.LevelGuest, domain.Excluded},
		"consent decisions are excluded":                   {domain.Rights{"aval/consent.approve": 4}, "aval/consent.approve", domain.LevelApprover, domain.Excluded},
		"the organisation is excluded":                     {domain.Rights{"aval": 4}, "aval/organization", domain.LevelGuest, domain.Excluded},
		"an unknown feature is told":                       {full, "nothing", domain.LevelGuest, domain.FeatureUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := b.support(c.rights)
			answer := b.decide(s.question(c.feature, c.level))
			require.Equal(t, c.want, answer.Denial)
			if c.want == yes {
				require.Equal(t, domain.FromGrant, answer.Source)
				require.Equal(t, s.grant.ID, answer.GrantID)
				require.Equal(t, s.grant.ConsentID, answer.ConsentID)
				require.True(t, s.session.ExpireTime.Equal(answer.ValidUntil), "the session's end bounds the answer")
			} else {
				require.Equal(t, domain.Answer{Denial: c.want}, answer, "a no tells nothing else")
			}
		})
	}
}

func TestAccountantHasAPresetOfItsOwn(t *testing.T) { // R7
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4, "accounting": 4})
	b.exec("UPDATE access_entry SET partner_role = 'ACCOUNTANT' WHERE id = $1", s.grant.ID)
	require.Equal(t, yes, b.decide(s.question("accounting/entries", domain.LevelApprover)).Denial)
	require.Equal(t, yes, b.decide(s.question("management/invoices", domain.LevelGuest)).Denial)
	require.Equal(t, domain.LevelTooLow, b.decide(s.question("management/invoices", domain.LevelEditor)).Denial)
}

func TestWhatEndsAGrantsYes(t *testing.T) { // R6, R27, R40, R41
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		sql  string
		args func(support) []any
		want domain.Denial
	}{
		"nothing happened":                    {"SELECT 1", func(support) []any { return nil }, yes},
		"the grant ended":                     {"UPDATE access_entry SET end_time = now() WHERE id = $1", func(s support) []any { return []any{s.grant.ID} }, domain.NoAccess},
		"its time is over":                    {"UPDATE access_entry SET valid_until = now() WHERE id = $1", func(s support) []any { return []any{s.grant.ID} }, domain.NoAccess},
		"its time is not yet over":            {"UPDATE access_entry SET valid_until = now() + interval '1 h' WHERE id = $1", func(s support) []any { return []any{s.grant.ID} }, yes},
		"its time has not come":               {"UPDATE access_entry SET valid_from = now() + interval '1 h' WHERE id = $1", func(s support) []any { return []any{s.grant.ID} }, domain.NoAccess},
		"the session was closed":              {"UPDATE support_session SET close_time = now() WHERE id = $1", func(s support) []any { return []any{s.session.ID} }, domain.SupportSessionRequired},
		"the session's time is over":          {"UPDATE support_session SET expire_time = now() WHERE id = $1", func(s support) []any { return []any{s.session.ID} }, domain.SupportSessionRequired},
		"the session is somebody else's":      {"UPDATE support_session SET subject_id = gen_random_uuid() WHERE id = $1", func(s support) []any { return []any{s.session.ID} }, domain.SupportSessionRequired},
		"the session is in another account":   {"UPDATE support_session SET account_id = gen_random_uuid() WHERE id = $1", func(s support) []any { return []any{s.session.ID} }, domain.SupportSessionRequired},
		"the collaborator left the partner":   {"UPDATE access_entry SET end_time = now() WHERE id = $1", func(s support) []any { return []any{s.member.ID} }, domain.NoAccess},
		"the collaborator's contract is over": {"UPDATE access_entry SET valid_until = now() WHERE id = $1", func(s support) []any { return []any{s.member.ID} }, domain.NoAccess},
		"the partner is suspended":            {"UPDATE organization SET state = 'SUSPENDED' WHERE id = $1", func(s support) []any { return []any{s.partner} }, domain.NoAccess},
		"the account is suspended":            {"UPDATE organization SET state = 'SUSPENDED' WHERE id = $1", func(s support) []any { return []any{s.client} }, domain.AccountSuspended},
	} {
		t.Run(name, func(t *testing.T) {
			s := b.support(domain.Rights{"management": 4})
			b.exec(c.sql, c.args(s)...)
			require.Equal(t, c.want, b.decide(s.question("management", domain.LevelApprover)).Denial)
		})
	}
}

func TestGrantNeedsItsOwnSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, other := b.support(domain.Rights{"management": 4}), b.support(domain.Rights{"management": 4})
	q := s.question("management", domain.LevelGuest)
	for name, session := range map[string]id.ID{"none": {}, "unknown": id.New(), "another's": other.session.ID} {
		q.SupportSessionID = session
		require.Equal(t, domain.SupportSessionRequired, b.decide(q).Denial, name)
	}
}

func TestSessionSpeaksForItsOwnGrantAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	second := s.grant
	second.ID, second.ConsentID, second.Rights = id.New(), id.New(), domain.Rights{"accounting": 4}
	require.Equal(t, 1, b.apply(second))
	require.Equal(t, yes, b.decide(s.question("management", domain.LevelGuest)).Denial)
	require.Equal(t, domain.SupportSessionRequired, b.decide(s.question("accounting", domain.LevelGuest)).Denial)
}

func TestStrangersHaveNoAccess(t *testing.T) { // R27
	t.Parallel()
	b := setup(t)
	account, user := b.organization(domain.Client), id.New()
	b.member(b.organization(domain.Client), user, domain.Offer{Role: domain.Owner})
	q := domain.Question{SubjectID: user, AccountID: account, Feature: "management", Level: domain.LevelGuest}
	require.Equal(t, domain.NoAccess, b.decide(q).Denial)
	q.AccountID = id.New()
	require.Equal(t, domain.NoAccess, b.decide(q).Denial, "an account that does not exist")
}

func TestEndedMembershipDenies(t *testing.T) { // R113
	t.Parallel()
	b := setup(t)
	account, user := b.organization(domain.Client), id.New()
	m := b.member(account, user, domain.Offer{Role: domain.Admin})
	q := domain.Question{SubjectID: user, AccountID: account, Feature: "management", Level: domain.LevelGuest}
	require.Equal(t, yes, b.decide(q).Denial)
	b.exec("UPDATE organization SET state = 'SUSPENDED' WHERE id = $1", account)
	require.Equal(t, domain.AccountSuspended, b.decide(q).Denial)
	m.EndTime, m.Version = time.Now(), 2
	b.system(func(ctx context.Context, tx pg.Tx) error { return postgres.EndMember(ctx, tx, m) })
	require.Equal(t, domain.NoAccess, b.decide(q).Denial)
}

func TestBestEntrySpeaks(t *testing.T) { // R97
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	b.member(s.client, s.grant.SubjectID, domain.Offer{Role: domain.Member, Rights: domain.Rights{"management": 2}})
	low := b.decide(s.question("management", domain.LevelGuest))
	require.Equal(t, domain.FromMembership, low.Source, "a membership goes before a grant")
	high := b.decide(s.question("management", domain.LevelApprover))
	require.Equal(t, domain.FromGrant, high.Source)
	without := s.question("management", domain.LevelApprover)
	without.SupportSessionID = id.ID{}
	require.Equal(t, domain.SupportSessionRequired, b.decide(without).Denial)
}

func TestDecideAllKeepsTheOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	var questions []domain.Question
	for i := range 1000 {
		q := s.question([]string{"management", "spending", "nothing", "accounting"}[i%4], domain.LevelGuest)
		questions = append(questions, q)
	}
	answers, err := b.decisions.DecideAll(t.Context(), questions)
	require.NoError(t, err)
	want := []domain.Denial{yes, domain.Excluded, domain.FeatureUnknown, domain.LevelTooLow}
	for i, answer := range answers {
		require.Equal(t, want[i%4], answer.Denial, i)
		require.Equal(t, b.decide(questions[i%4]), answer)
	}
}

func TestDecisionGoesByIndex(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.support(domain.Rights{"management": 4})
	b.exec(`
INSERT INTO access_entry (id, account_id, subject_id, source, rights, version)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'MEMBERSHIP', '{}', 1
FROM generate_series(1, 20000)`)
	q := s.question("management", domain.LevelGuest)
	for name, plan := range map[string][]string{
		"one":  b.explain(postgres.OneQuestion(), q.SubjectID, q.AccountID, q.Feature, int16(q.Level), q.SupportSessionID),
		"many": b.explain(postgres.ManyQuestions(), []id.ID{q.SubjectID}, []id.ID{q.AccountID}, []string{q.Feature}, []int16{2}, []id.ID{q.SupportSessionID}),
	} {
		text := strings.Join(plan, "\n")
		require.Contains(t, text, "access_entry_decision", name)
		require.NotContains(t, text, "Seq Scan on access_entry", "%s:\n%s", name, text)
		require.NotContains(t, text, "Seq Scan on support_session s", "%s:\n%s", name, text)
		require.NotContains(t, text, "hashed SubPlan", "%s:\n%s", name, text)
	}
}

func (b *bundle) explain(sql string, args ...any) (plan []string) {
	b.Helper()
	b.system(func(ctx context.Context, tx pg.Tx) error {
		rows, err := tx.Query(ctx, "EXPLAIN "+sql, args...)
		if err != nil {
			return err
		}
		plan, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return plan
}
