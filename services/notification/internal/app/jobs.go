package app

import (
	"github.com/riverqueue/river"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/notification/internal/domain"
)

// ComposeJob composes the mails of one fact.
type ComposeJob struct {
	EventID id.ID  `json:"event_id" river:"unique"`
	Subject string `json:"subject"`
	Payload []byte `json:"payload"`
}

// Kind names the job for ever.
func (ComposeJob) Kind() string { return "compose" }

// InsertOpts makes one job per fact.
func (ComposeJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

func (j ComposeJob) fact() domain.Fact {
	return domain.Fact{EventID: j.EventID, Subject: j.Subject, Payload: j.Payload}
}

// SendJob sends one delivery, until nothing more can happen to it.
type SendJob struct {
	DeliveryID id.ID `json:"delivery_id" river:"unique"`
}

// Kind names the job for ever.
func (SendJob) Kind() string { return "send" }

// InsertOpts makes one job per delivery.
func (SendJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// PurgeJob forgets old bodies and inbox entries.
type PurgeJob struct{}

// Kind names the job for ever.
func (PurgeJob) Kind() string { return "purge" }
