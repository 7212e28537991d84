package words

import (
	"fmt"
	"strings"
	"time"
)

// Until says when a time is, seen from now: soon by counting, later by the clock.
func Until(now, at time.Time) string {
	left := at.Sub(now)
	switch {
	case left <= time.Minute:
		return Plural("time.seconds", ceil(left, time.Second))
	case left <= time.Hour:
		return Plural("time.minutes", ceil(left, time.Minute))
	}
	values := Values{"clock": Clock(at), "day": at.Day(), "month": month(at)}
	switch {
	case sameDay(now, at):
		return Text("time.today", values)
	case sameDay(now.AddDate(0, 0, 1), at):
		return Text("time.tomorrow", values)
	}
	return Text("time.on", values)
}

// Span says how long something has lasted.
func Span(d time.Duration) string {
	if d < time.Minute {
		return Plural("span.seconds", max(1, int(d/time.Second)))
	}
	return Plural("span.minutes", int(d/time.Minute))
}

// UpTo says for how long something lasts at most: in whole minutes, hours or days, a begun one as a whole one.
func UpTo(d time.Duration) string {
	switch {
	case d < time.Hour:
		return Plural("span.minutes", ceil(d, time.Minute))
	case d <= 48*time.Hour:
		return Plural("span.hours", ceil(d, time.Hour))
	}
	return Plural("span.days", ceil(d, 24*time.Hour))
}

// Date says which day a time was, seen from now.
func Date(now, at time.Time) string {
	switch {
	case sameDay(now, at):
		return Text("date.today")
	case sameDay(now.AddDate(0, 0, -1), at):
		return Text("date.yesterday")
	}
	return Text("date.on", Values{"day": at.Day(), "month": month(at)})
}

// Countdown writes what is left of a lifetime, as "4:37".
func Countdown(left time.Duration) string {
	s := max(0, ceil(left, time.Second))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// ceil counts the units of d, a begun one as a whole one.
func ceil(d, unit time.Duration) int {
	if d <= 0 {
		return 0
	}
	return int((d + unit - 1) / unit)
}

// Clock writes the time of a day, as "9:10".
func Clock(t time.Time) string { return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute()) }

func month(t time.Time) string { return Text(fmt.Sprintf("month.%d", int(t.Month()))) }

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// List joins words: "a, b and c".
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return Text("list.and", Values{"first": strings.Join(words[:last], ", "), "last": words[last]})
}
