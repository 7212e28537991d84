package rules

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// EnrolChoices lists every kind that may be registered, strongest first; the first that is missing is recommended, and what
// may turn out to be the same telephone last of all.
func (r Rules) EnrolChoices(creds Credentials) []app.Choice {
	have := r.Kinds(creds)
	var offered []app.Choice
	recommended, same := -1, -1
	for i, kind := range r.Offered() {
		choice := app.Choice{Kind: kind, Have: slices.Contains(have, kind)}
		offered = append(offered, choice)
		switch {
		case choice.Have:
		case telephone(kind) && slices.ContainsFunc(have, telephone):
			same = i
		case recommended < 0:
			recommended = i
		}
	}
	if recommended < 0 {
		recommended = same
	}
	if recommended >= 0 {
		offered[recommended].Recommended = true
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
