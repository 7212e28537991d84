package questions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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
	for _, own := range s.Own {
		all = append(all, app.Question{ID: ownID(naming(own)), Texts: own})
	}
	for _, id := range assets.Questions() {
		all = append(all, app.Question{ID: id})
	}
	return all
}

// naming are the words that name a question of the administrator's: those of no language, else the English ones, else those
// of the language that sorts first.
func naming(texts map[string]string) string {
	languages := slices.Sorted(maps.Keys(texts))
	if len(languages) == 0 {
		return ""
	}
	if english, is := texts["en"]; is && languages[0] != "" {
		return english
	}
	return texts[languages[0]]
}

// translated adds to the words of a question those in other languages, where the administrator's list still has it. What
// was answered keeps its words.
func translated(words map[string]string, s app.QuestionSettings) map[string]string {
	for _, own := range s.Own {
		if shares(own, words) {
			all := maps.Clone(own)
			maps.Copy(all, words)
			return all
		}
	}
	return words
}

// shares reports whether two questions have the same words in some language.
func shares(a, b map[string]string) bool {
	for _, x := range a {
		for _, y := range b {
			if normalise(x) == normalise(y) {
				return true
			}
		}
	}
	return false
}

// ownID names a question of the administrator's by its words, so that it stays the same when the list is changed. In this
// form IDs are kept.
func ownID(text string) string {
	sum := sha256.Sum256([]byte(caseless(text)))
	return "own_" + hex.EncodeToString(sum[:8])
}

// contains reports whether a question's text, in any language, gives the answer away.
func contains(q app.Question, answer string) (bool, error) {
	for _, text := range q.Texts {
		if strings.Contains(normalise(text), answer) {
			return true, nil
		}
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
