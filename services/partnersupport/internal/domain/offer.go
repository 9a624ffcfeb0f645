package domain

// Offer gives the assignment of somebody whom the client chose, unasked. The
// passing's duration is no proposal: the client chooses, and none is shown.
func Offer(d Dossier, to Collaborator, p Passing) Assignment {
	return Assignment{
		PartnerID: d.PartnerID, ID: p.AssignmentID, DossierID: d.ID, CollaboratorID: to.ID,
		RequesterID: p.RequesterID, Reason: p.Reason, ProposedDuration: p.Duration, Offered: true,
		State: PendingConsent, Version: 1, CreateTime: p.Time,
	}
}
