package main

// invitations: each is for one address, for its time, and worth what its giver
// holds.
var invitations = []mutant{
	{
		id: "m5-invitation", breaks: "an invitation is over when a job has said so, and not at its instant",
		edits: []edit{{
			"services/membership/internal/domain/invitation.go",
			"if i.State == Pending && !now.Before(i.ExpireTime) {", "if i.State == Expired {",
		}},
		pkg: "services/membership/internal/domain", test: "^TestExpiryIsByTheInstant$",
	},
	{
		id: "invitations-a-day", breaks: "an organisation sends as many invitations as it likes",
		edits: []edit{{
			"services/membership/internal/postgres/quota.go",
			"WHERE greatest(invitation_quota.used_until, @now) + @interval <= @now::timestamptz + @per::interval", "WHERE true",
		}},
		pkg: "services/membership/internal/app", test: "^TestInvitationsADayAreCounted$",
	},
	{
		id: "contact-on-staff", breaks: "a client's contact is asked onto the firm's staff by a slip",
		edits: []edit{{
			"services/membership/internal/app/create_invitation.go", "if err != nil || !known {", "if err != nil || known {",
		}},
		pkg: "services/membership/internal/app", test: "^TestAContactIsNoGuestOfTheFirmItself$",
	},
	{
		id: "invitation-links", breaks: "a link leads to the invitation of its own mail alone",
		edits: []edit{{
			"services/membership/internal/app/accept_invitation.go",
			"live, err := postgres.LockPending(ctx, tx, f.Link.OrganizationID, person.EmailKey)",
			"live, err := postgres.LockInvitation(ctx, tx, f.Link.InvitationID)",
		}},
		pkg: "services/membership/internal/app", test: "^TestCancelThenInviteAgain$",
	},
	{
		id: "invitation-escalation", breaks: "who has an end gives without one",
		edits: []edit{{
			"services/membership/internal/domain/offer.go", "if !g.ValidUntil.IsZero() && longer {", "if !g.ValidUntil.IsZero() && longer && false {",
		}},
		pkg: "services/membership/internal/domain", test: "^TestNobodyConfersMoreThanTheyHold$",
	},
	{
		id: "invitation-batch", breaks: "a refused row leaves what it did behind",
		edits: []edit{{
			"services/kit/pg/tx.go", "return errors.Join(err, inner.Rollback(ctx))", "return errors.Join(err, inner.Commit(ctx))",
		}},
		pkg: "services/kit/pg", test: "^TestASavepointTakesBackItsOwnPartAlone$",
	},
}
