package assets

import (
	"bytes"
	"errors"
	"image/png"
	"io/fs"
	"regexp"
	"testing"
)

func TestIconsAreOneFamily(t *testing.T) {
	names, err := fs.Glob(icons, "icons/*.svg")
	if err != nil || len(names) == 0 {
		t.Fatal("no icons", err)
	}
	head := `viewBox="0 0 24 24"><g fill="none" stroke="` + Stroke + `" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">`
	other := regexp.MustCompile(`fill="#|stroke="#[^0]|style=`)
	for _, name := range names {
		svg, err := fs.ReadFile(icons, name)
		if err != nil || !bytes.Contains(svg, []byte(head)) || other.Match(svg) {
			t.Errorf("%s is not drawn on the 24 grid in lines of 1.7 of one colour (%v)", name, err)
		}
	}
}

func TestUnknownIcon(t *testing.T) {
	if _, err := Icon("nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func TestAppIconIsSquare(t *testing.T) {
	config, err := png.DecodeConfig(bytes.NewReader(AppIcon))
	if err != nil || config.Width != 512 || config.Height != 512 {
		t.Errorf("icon is %d by %d (%v)", config.Width, config.Height, err)
	}
}

func TestEveryQuestionHasItsTextInEveryLanguage(t *testing.T) {
	ids := Questions()
	texts, err := QuestionTexts()
	if err != nil || len(ids) != 35 || len(texts) != 35 {
		t.Fatalf("%d questions, %d with texts (%v)", len(ids), len(texts), err)
	}
	seen := map[string]string{}
	for id, translated := range texts {
		for _, text := range translated {
			if !regexp.MustCompile(`^\pL.{9,198}\?$`).MatchString(text) || seen[text] != "" {
				t.Errorf("%s: %q is no question, or one of two (%s)", id, text, seen[text])
			}
			seen[text] = id
		}
	}
}
