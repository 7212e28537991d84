package step

import "testing"

func TestOwnQuestionsAreInTheReadersLanguage(t *testing.T) {
	texts := map[string]string{"en": "Which ward?", "de": "Welche Station?", "pt-BR": "Qual ala?", "zh-Hant": "哪個病房？"}
	for language, want := range map[string]string{
		"de": "Welche Station?", "de-CH": "Welche Station?", "DE-at": "Welche Station?", "pt": "Qual ala?", "pt-PT": "Qual ala?",
		"zh-Hant-TW": "哪個病房？", "en-GB": "Which ward?", "fr-FR": "Which ward?", "": "Which ward?", "d": "Which ward?", "den": "Which ward?",
	} {
		if got := inLanguage(texts, language); got != want {
			t.Errorf("in %q: %q", language, got)
		}
	}
	for want, texts := range map[string]map[string]string{
		"":                {},
		"Welche Station?": {"": "Welche Station?"},
		"Quel service ?":  {"fr": "Quel service ?", "nl": "Welke afdeling?"},
	} {
		if got := inLanguage(texts, "it"); got != want {
			t.Errorf("%v gives %q", texts, got)
		}
	}
}
