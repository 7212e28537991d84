package questions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
)

// texts are the predefined questions' in every language, normalised.
var texts = sync.OnceValues(func() (map[string][]string, error) {
	all, err := assets.QuestionTexts()
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	for _, translated := range all {
		for i, text := range translated {
			translated[i] = normalise(text)
		}
	}
	return all, nil
})

// offered are the questions to choose from: the administrator's own, then the predefined ones.
func offered(s app.QuestionSettings) []app.Question {
	var all []app.Question
	for _, text := range s.Own {
		all = append(all, app.Question{ID: ownID(text), Text: text})
	}
	for _, id := range assets.Questions() {
		all = append(all, app.Question{ID: id})
	}
	return all
}

// ownID names a question of the administrator's by its words, so that it stays the same when the list is changed.
func ownID(text string) string {
	sum := sha256.Sum256([]byte(normalise(text)))
	return "own_" + hex.EncodeToString(sum[:8])
}

// contains reports whether a question's text, in any language, gives the answer away.
func contains(q app.Question, answer string) (bool, error) {
	if q.Text != "" {
		return strings.Contains(normalise(q.Text), answer), nil
	}
	all, err := texts()
	return slices.ContainsFunc(all[q.ID], func(text string) bool { return strings.Contains(text, answer) }), err
}

// names are what a user ID says of its owner: the whole, what stands before the @, and each part.
func names(userID string) []string {
	userID = normalise(userID)
	local, _, _ := strings.Cut(userID, "@")
	parts := strings.FieldsFunc(userID, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	return append(parts, userID, local)
}
