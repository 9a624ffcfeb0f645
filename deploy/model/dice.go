package model

import (
	"math/rand/v2"
	"slices"
)

// throws is how often another command is drawn for one that would do nothing:
// most of a story is about what can happen, and some of it about what cannot.
const throws = 3

// dice draw what the roles do.
type dice struct{ *rand.Rand }

// role is whoever gives commands; those that stand often are drawn often.
type role []Verb

func partner() role {
	return slices.Concat(often(16, Assign), often(16, Extend), often(16, HandOver), often(6, Detach),
		often(4, Suspend), often(12, Restore), often(2, End), role{Remove})
}

func client() role {
	return slices.Concat(often(24, Approve), often(4, Refuse), role{NotNow}, often(3, Withdraw),
		often(6, Narrow), often(5, Offer), role{EndAll}, often(12, Reopen))
}

func person() role   { return slices.Concat(often(3, Enter), role{Leave}) }
func platform() role { return role{Invalidate} }

func often(times int, v Verb) role { return slices.Repeat(role{v}, times) }

// round draws one command, or one of each role that are given at once.
func (d dice) round(s State) []Command {
	above := partner()
	if d.IntN(10) == 0 {
		above = platform()
	}
	roles := []role{above, client(), person()}
	if d.IntN(3) > 0 {
		roles = roles[d.IntN(len(roles)):][:1]
	}
	out := make([]Command, len(roles))
	for i, r := range roles {
		out[i] = d.command(s, r)
	}
	return out
}

func (d dice) command(s State, r role) (c Command) {
	for range throws {
		c = Command{r[d.IntN(len(r))], d.IntN(people)}
		after, verdict := step(s, aimed{Command: c, at: aims(s.Seen, c)})
		if verdict != Denied && after[len(after)-1].Seen != s.Seen {
			break
		}
	}
	return c
}
