package domain

// Offer gives the assignment of somebody whom the client chose, unasked. Of the
// passing, the duration proposes nothing: the client chooses.
func Offer(d Dossier, to Collaborator, p Passing) Assignment {
	return Assignment{
		PartnerID: d.PartnerID, ID: p.AssignmentID, DossierID: d.ID, CollaboratorID: to.ID,
		RequesterID: p.RequesterID, Reason: p.Reason, ProposedDuration: DefaultDuration, Offered: true,
		State: PendingConsent, Version: 1, CreateTime: p.Time,
	}
}
