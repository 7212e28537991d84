package rules

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// EnrolChoices lists every kind that may be registered, strongest first; the first that is missing is recommended.
func (r Rules) EnrolChoices(creds Credentials) []app.Choice {
	have := r.Kinds(creds)
	var offered []app.Choice
	recommended := false
	for _, kind := range r.Offered() {
		choice := app.Choice{Kind: kind, Have: slices.Contains(have, kind)}
		choice.Recommended = !choice.Have && !recommended
		recommended = recommended || choice.Recommended
		offered = append(offered, choice)
	}
	return offered
}

// MoreChoices lists what else may be added, the recommendation first: a kind that is missing, else the strongest.
func (r Rules) MoreChoices(creds Credentials) []app.Choice {
	open := slices.DeleteFunc(r.EnrolChoices(creds), func(c app.Choice) bool { return creds.Full(c.Kind) })
	slices.SortStableFunc(open, func(x, y app.Choice) int { return rank(x) - rank(y) })
	if len(open) > 0 {
		open[0].Recommended = true
	}
	return open
}

func rank(c app.Choice) int {
	switch {
	case c.Recommended:
		return 0
	case !c.Have:
		return 1
	}
	return 2
}
