package domain

import "time"

// Onlooker is who opened an invitation's link, as far as it can be told.
type Onlooker string

// The onlookers.
const (
	// SomeProgram fetched the page: a browser, or a scanner of mails.
	SomeProgram Onlooker = "PROGRAM"
	// ThePerson was signed in with the invited address, or pressed.
	ThePerson Onlooker = "PERSON"
	// SomebodyElse was signed in with another address.
	SomebodyElse Onlooker = "SOMEBODY_ELSE"
)

// Sight is what is known of an invitation's links being opened; zero times
// where something never happened.
type Sight struct {
	Fetches               int64
	FirstFetch, LastFetch time.Time
	Opened, OpenedByOther time.Time
}
