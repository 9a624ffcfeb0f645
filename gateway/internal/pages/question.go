package pages

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	authzv1 "github.com/aval-access/aval/proto/gen/aval/authz/v1"
	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
)

const day = 24 * time.Hour

// question is the form of consent. Nothing in it is chosen beforehand.
type question struct {
	Greeting string
	Text     *consentv1.ConsentText
	Partner  *membershipv1.Identification
	// Address is the partner's postal address, a line each.
	Address       []string
	Choices       []choice
	Rights, Extra []rightLine
	// Limited says that longer choices are left out for this reader.
	Limited bool
	// Earliest and Latest bound the date.
	Earliest, Latest string
	// Starts bounds the day on which the access may begin.
	Starts  struct{ First, Last string }
	Answers []choice
	Reasons []string
	// Reminders are the times after which a not-now is asked again.
	Reminders []choice
	// Change says that a recorded no is turned into a yes.
	Change    bool
	Until     time.Time
	Reference string
}

// choice is one radio button.
type choice struct {
	Value, Label, End string
	// Proposed says that the partner proposes this one.
	Proposed, Picked bool
}

// rightLine is one right that was asked for.
type rightLine struct {
	Name, Label string
	// Lower are the lower levels that the client can choose instead.
	Lower  []string
	Picked string
	Ticked bool
}

func (c *call) question(a asked, f form) question {
	now := c.Clock.Now()
	q := question{
		Text: a.text, Partner: a.consent.GetPartner(), Address: linesOf(a.consent.GetPartner().GetPostalAddress()),
		Earliest: now.In(c.zone).Format(dateForm), Latest: addMonths(now, 24).In(c.zone).Format(dateForm),
		Reasons:   []string{"unknown_partner", "unknown_person", "not_needed", "other"},
		Until:     a.consent.GetRequestExpireTime().AsTime(),
		Reference: a.consent.GetId(), Change: c.overturns(a),
	}
	q.Starts.First, q.Starts.Last = c.nextDay(now, 1), c.nextDay(now, 89)
	q.Reminders = c.reminders(now, q.Until, f)
	if a.recipient != "" {
		q.Greeting = c.text("consent.greeting", "name", a.recipient)
	}
	if a.limit > 0 {
		q.Limited, q.Latest = true, now.Add(a.limit).In(c.zone).Format(dateForm)
	}
	q.Choices = c.durations(a, f, now)
	q.Rights, q.Extra = rightLines(a.text, f)
	for _, value := range []string{"not_now", "no", "block"} {
		q.Answers = append(q.Answers, choice{Value: value, Label: c.text("consent.answer." + value), Picked: f.Picked("answer", value)})
	}
	return q
}

// reminderOf reads how long after a not-now its reader wants to be asked again.
func reminderOf(value string) (time.Duration, bool) {
	hours, err := strconv.Atoi(value)
	return time.Duration(hours) * time.Hour, err == nil && hours > 0
}

// reminders are the choices that come before the request ends.
func (c *call) reminders(now, end time.Time, f form) []choice {
	var out []choice
	for _, hours := range []int{4, 24, 3 * 24, 7 * 24} {
		at, value := now.Add(time.Duration(hours)*time.Hour), strconv.Itoa(hours)
		if at.Before(end) {
			out = append(out, choice{Value: value, Label: c.dateTime(at), Picked: f.Picked("remind", value)})
		}
	}
	return out
}

func linesOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
}

// durations are the choices with the end of each, those over the reader's
// limit left out.
func (c *call) durations(a asked, f form, now time.Time) []choice {
	ends := []struct {
		pick consentv1.DurationChoice
		end  time.Time
	}{
		{consentv1.DurationChoice_DURATION_CHOICE_24_HOURS, now.Add(day)},
		{consentv1.DurationChoice_DURATION_CHOICE_1_WEEK, now.Add(7 * day)},
		{consentv1.DurationChoice_DURATION_CHOICE_1_MONTH, addMonths(now, 1)},
		{consentv1.DurationChoice_DURATION_CHOICE_1_YEAR, addMonths(now, 12)},
		{consentv1.DurationChoice_DURATION_CHOICE_DATE, time.Time{}},
		{consentv1.DurationChoice_DURATION_CHOICE_UNTIL_STOPPED, time.Time{}},
	}
	proposed := proposedChoice(a.consent)
	var out []choice
	for _, one := range ends {
		endless := one.pick == consentv1.DurationChoice_DURATION_CHOICE_UNTIL_STOPPED
		// A month is 28 to 31 days: a limit of one month always allows it.
		if a.limit > 0 && (endless || !one.end.IsZero() && one.end.After(now.Add(a.limit+3*day))) {
			continue
		}
		value := one.pick.String()
		next := choice{Value: value, Label: c.text("duration." + value), Proposed: one.pick == proposed && !a.consent.GetOffered(), Picked: f.Picked("duration", value)}
		if !one.end.IsZero() {
			next.End = c.text("duration.until", "end", c.dateTime(one.end))
		}
		out = append(out, next)
	}
	return out
}

// proposedChoice is the choice that a proposal amounts to; none when it falls
// between them: the text says it in words.
func proposedChoice(in *consentv1.Consent) consentv1.DurationChoice {
	d := in.GetProposedDuration().AsDuration()
	switch {
	case in.GetProposedLasting():
		return consentv1.DurationChoice_DURATION_CHOICE_UNTIL_STOPPED
	case d == day:
		return consentv1.DurationChoice_DURATION_CHOICE_24_HOURS
	case d == 7*day, d == 0:
		return consentv1.DurationChoice_DURATION_CHOICE_1_WEEK
	case d >= 28*day && d <= 31*day:
		return consentv1.DurationChoice_DURATION_CHOICE_1_MONTH
	case d >= 365*day && d <= 366*day:
		return consentv1.DurationChoice_DURATION_CHOICE_1_YEAR
	default:
		return consentv1.DurationChoice_DURATION_CHOICE_UNSPECIFIED
	}
}

// rightLines parts the ordinary lines, which can be lowered, from the
// sensitive ones, which must be ticked.
func rightLines(text *consentv1.ConsentText, f form) (ordinary, extra []rightLine) {
	for _, line := range text.GetRights() {
		out := rightLine{Name: line.GetFeature(), Label: line.GetLabel()}
		if line.GetSensitive() {
			out.Ticked = f.Picked("sensitive", line.GetFeature())
			extra = append(extra, out)
			continue
		}
		out.Lower = lowerThan(line.GetRight().GetLevel())
		out.Picked = f.Value("right." + line.GetFeature())
		ordinary = append(ordinary, out)
	}
	return ordinary, extra
}

// yes reads the form of a yes, noting what is missing.
func (c *call) yes(a asked, f *form) *consentv1.Answer {
	answer := &consentv1.Answer{
		Duration: consentv1.DurationChoice(consentv1.DurationChoice_value[f.Value("duration")]),
		TextHash: f.Value("text_hash"), TextLocale: c.lang, Rights: changedRights(a.text, *f),
	}
	if f.Value("team") == "yes" {
		answer.Scope = consentv1.ConsentScope_CONSENT_SCOPE_PARTNER_TEAM
	}
	start := c.Clock.Now()
	if typed := f.Value("start_date"); typed != "" {
		answer.StartTime = c.dayStart(typed, 0)
		if begin := answer.GetStartTime(); begin == nil || !begin.AsTime().After(start) || begin.AsTime().After(start.Add(90*day)) {
			f.add("start_date", c.text("consent.start.range"))
		} else {
			start = begin.AsTime()
		}
	}
	switch answer.GetDuration() {
	case consentv1.DurationChoice_DURATION_CHOICE_UNSPECIFIED:
		f.add("duration", c.text("consent.duration.required"))
	case consentv1.DurationChoice_DURATION_CHOICE_DATE:
		end, ok := c.dayEnd(f.Value("end_date"))
		switch {
		case !ok:
			f.add("end_date", c.text("consent.date.required"))
		case end.Before(start.Add(time.Hour)) || end.After(addMonths(start, 24)):
			f.add("end_date", c.text("consent.date.range"))
		default:
			answer.ExpireTime = timestamppb.New(end)
		}
	default:
	}
	return answer
}

// changedRights are the lines that differ from what was asked: lowered, or
// sensitive and ticked.
func changedRights(text *consentv1.ConsentText, f form) []*membershipv1.FeatureRight {
	var out []*membershipv1.FeatureRight
	for _, line := range text.GetRights() {
		level := authzv1.Level(authzv1.Level_value[f.Value("right."+line.GetFeature())])
		if line.GetSensitive() && f.Picked("sensitive", line.GetFeature()) {
			level = line.GetRight().GetLevel()
		} else if line.GetSensitive() {
			continue
		}
		if level != authzv1.Level_LEVEL_UNSPECIFIED {
			out = append(out, &membershipv1.FeatureRight{Feature: line.GetFeature(), Level: level})
		}
	}
	return out
}
