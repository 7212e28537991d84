package questions

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// state is what the method keeps between two turns.
type state struct {
	kept.Owned
	kept.For
	Asked []string `json:"asked,omitempty"` // the IDs of the questions at this gate
	Over  bool     `json:"over,omitempty"`  // all was right: nothing more is wanted
}

// credential is the secret part: which questions, and the answers' hashes.
type credential struct {
	kept.Owned
	Cost    Cost         `json:"cost"`
	Answers []keptAnswer `json:"answers"`
	// Drawn are the IDs of the questions that are asked until a gate has ended. They outlive the conversation: leaving it
	// and coming back draws no easier ones.
	Drawn []string `json:"drawn,omitempty"`
}

// keptAnswer is an answer at rest.
type keptAnswer struct {
	ID string `json:"id"`
	// Texts are the words of the administrator's own question when it was answered, by language: it is asked with these,
	// whatever becomes of the list.
	Texts map[string]string `json:"texts,omitempty"`
	Text  string            `json:"text,omitempty"` // as kept before there were languages; only read
	Salt  []byte            `json:"salt"`
	Hash  []byte            `json:"hash"`
}

// words are the words of the administrator's own question; nil for a predefined one.
func (k keptAnswer) words() map[string]string {
	if k.Text != "" {
		return map[string]string{"": k.Text}
	}
	return k.Texts
}

// find gives the answer to a question.
func (c credential) find(id string) (keptAnswer, bool) {
	at := slices.IndexFunc(c.Answers, func(k keptAnswer) bool { return k.ID == id })
	if at < 0 {
		return keptAnswer{}, false
	}
	return c.Answers[at], true
}

// questions are those with these IDs, in every language that there is for them.
func (c credential) questions(t app.Turn, ids []string) []app.Question {
	var all []app.Question
	for _, id := range ids {
		k, _ := c.find(id)
		all = append(all, app.Question{ID: k.ID, Texts: translated(k.words(), t.Settings.Questions)})
	}
	return all
}

// holds reports whether the IDs name different questions of the credential's, and some.
func (c credential) holds(ids []string) bool {
	for i, id := range ids {
		if _, known := c.find(id); !known || slices.Contains(ids[:i], id) {
			return false
		}
	}
	return len(ids) > 0
}

// draw chooses n of the credential's questions at random, in a random order.
func (c credential) draw(random io.Reader, n int) ([]string, error) {
	var left []string
	for _, k := range c.Answers {
		left = append(left, k.ID)
	}
	var drawn []string
	for len(drawn) < n && len(left) > 0 {
		at, err := rand.Int(random, big.NewInt(int64(len(left))))
		if err != nil {
			return nil, fmt.Errorf("questions: draw: %w", err)
		}
		i := int(at.Int64())
		drawn, left = append(drawn, left[i]), slices.Delete(left, i, i+1)
	}
	return drawn, nil
}

// readCredential takes the turn's credential, made for the same person.
func readCredential(t app.Turn) (credential, error) {
	c, err := kept.ReadCredential[credential](t, t.Credential)
	if err != nil {
		return credential{}, err
	}
	good := len(c.Answers) > 0 && c.Cost.valid()
	for _, k := range c.Answers {
		good = good && k.ID != "" && len(k.Salt) == saltSize && len(k.Hash) == hashSize
	}
	if !good {
		return credential{}, app.Errorf(app.CodeInternal, "questions: malformed answers in the credential")
	}
	return c, nil
}
