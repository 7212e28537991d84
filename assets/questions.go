package assets

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed questions.txt
var questions string

// Questions lists the IDs of the predefined security questions, in the order in which they are offered. Their texts have
// the keys "question.<id>".
func Questions() []string { return strings.Fields(questions) }

// QuestionTexts gives each predefined question's text in every language that there is.
func QuestionTexts() (map[string][]string, error) {
	names, err := fs.Glob(Text, "text/*.json")
	if err != nil {
		return nil, err
	}
	texts := map[string][]string{}
	for _, name := range names {
		data, err := Text.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var all map[string]json.RawMessage
		if err := json.Unmarshal(data, &all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, id := range Questions() {
			var text string
			if err := json.Unmarshal(all["question."+id], &text); err != nil {
				return nil, fmt.Errorf("%s: question %s: %w", name, id, err)
			}
			texts[id] = append(texts[id], text)
		}
	}
	return texts, nil
}
