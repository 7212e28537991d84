package step

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// questionText is a question in words: the administrator's own, or the predefined one's.
func questionText(q app.Question, language string) string {
	if own := inLanguage(q.Texts, language); own != "" {
		return own
	}
	if key := "question." + q.ID; words.Known(key) {
		return words.Text(key)
	}
	return q.ID
}

// inLanguage picks the words for a reader: in the language itself (BCP 47), in a wider form of it ("de" for "de-CH"), in
// another of its forms, in English, in none that is named, or the first there are.
func inLanguage(texts map[string]string, language string) string {
	for tag := strings.ToLower(language); tag != ""; {
		for _, form := range slices.Sorted(maps.Keys(texts)) {
			if is := strings.ToLower(form); is == tag || !strings.Contains(tag, "-") && strings.HasPrefix(is, tag+"-") {
				return texts[form]
			}
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	for _, otherwise := range []string{"en", ""} {
		if words := texts[otherwise]; words != "" {
			return words
		}
	}
	for _, form := range slices.Sorted(maps.Keys(texts)) {
		return texts[form]
	}
	return ""
}

// pickPage offers questions to choose from; the flow stays where it is until they are answered.
type pickPage struct {
	*shell.PageBase
	flow   *flow
	step   app.PickQuestions
	rows   []*kit.Tick
	chosen []int // of the questions, in the order in which they were chosen
}

func newPick(f *flow, step app.PickQuestions) *pickPage {
	s := &pickPage{PageBase: newStepPage(f), flow: f, step: step}
	for i, q := range step.Questions {
		s.rows = append(s.rows, kit.NewTick("questions.pick."+q.ID, questionText(q, f.o.Language), func() { s.onTick(i) }))
	}
	s.SetPrimary("page.next", "", s.onNext)
	s.count()
	return s
}

// Build implements shell.Page.
func (s *pickPage) Build() kit.PageSpec {
	list := kit.NewColumn(8)
	for _, row := range s.rows {
		list.Add(row)
	}
	return kit.PageSpec{
		Heading:   words.Text("questions.pick.heading", words.Values{"n": s.step.Choose}),
		Lead:      words.Text("questions.pick.lead"),
		Body:      []fyne.CanvasObject{list},
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

// onTick chooses a question or lets it go. Beyond the number that is wanted nothing can be chosen.
func (s *pickPage) onTick(i int) {
	if at := slices.Index(s.chosen, i); at >= 0 {
		s.chosen = slices.Delete(s.chosen, at, at+1)
	} else if len(s.chosen) < s.step.Choose {
		s.chosen = append(s.chosen, i)
	}
	s.count()
}

// count says on the button how many are chosen.
func (s *pickPage) count() {
	full := len(s.chosen) >= s.step.Choose
	for i, row := range s.rows {
		on := slices.Contains(s.chosen, i)
		row.SetOn(on)
		if full && !on {
			row.Disable()
		} else {
			row.Enable()
		}
	}
	s.Primary.SetText(words.Text("questions.pick.button", words.Values{"chosen": len(s.chosen), "n": s.step.Choose}))
	s.Enable(full)
	s.Refresh()
}

func (s *pickPage) onNext() {
	if len(s.chosen) < s.step.Choose {
		return
	}
	var questions []app.Question
	for _, i := range s.chosen {
		questions = append(questions, s.step.Questions[i])
	}
	s.Window.Show(newAnswers(s, questions))
}

// answersPage takes an answer to each of some questions: to register them, or to pass a gate.
type answersPage struct {
	*shell.PageBase
	flow      *flow
	pick      *pickPage // nil at a gate
	questions []app.Question
	answers   []*kit.Field
}

// newAnswers asks for answers to register.
func newAnswers(pick *pickPage, questions []app.Question) *answersPage {
	s := takeAnswers(pick.flow, questions)
	s.pick = pick
	s.Escape = s.onBack
	s.SetNext(words.Text("questions.answer.button"), s.onNext)
	return s
}

// newProveAnswers asks for the answers that were registered.
func newProveAnswers(f *flow, step app.AnswerQuestions) *answersPage {
	s := takeAnswers(f, step.Questions)
	s.SetNext(words.Text("questions.prove.button"), s.onNext)
	return s
}

func takeAnswers(f *flow, questions []app.Question) *answersPage {
	s := &answersPage{PageBase: newStepPage(f), flow: f, questions: questions}
	for i, q := range questions {
		field := kit.NewField("answers."+strconv.Itoa(i+1), questionText(q, f.o.Language))
		field.SetPassword(words.Text("field.many_lines"))
		field.OnChanged = func(string) { field.SetError("") }
		field.OnSubmitted = func(string) { s.onEnter(i) }
		s.answers = append(s.answers, field)
	}
	if len(s.answers) > 0 {
		s.First = s.answers[0].Entry()
	}
	s.Leave = func() {
		for _, field := range s.answers {
			field.SetText("")
		}
	}
	return s
}

// Build implements shell.Page.
func (s *answersPage) Build() kit.PageSpec {
	body := make([]fyne.CanvasObject, len(s.answers))
	for i, field := range s.answers {
		body[i] = field
	}
	if s.pick == nil {
		return kit.PageSpec{
			Heading:   words.Text("questions.prove.heading"),
			Lead:      words.Text("questions.prove.lead"),
			Body:      body,
			Back:      s.flow.exits(),
			Secondary: s.flow.another(),
		}
	}
	step := s.pick.step
	return kit.PageSpec{
		Heading: words.Text("questions.answer.heading"),
		Lead:    words.Text("questions.answer.lead", words.Values{"min": step.MinLength, "max": step.MaxLength}),
		Body:    append(body, kit.NewText(words.Text("questions.answer.hidden"), kit.Small)),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.onBack),
	}
}

// onBack goes back to the choice, which is as it was left.
func (s *answersPage) onBack() { s.Window.Show(s.pick) }

// onEnter goes on to the next answer, and from the last to the end.
func (s *answersPage) onEnter(i int) {
	if i+1 < len(s.answers) {
		s.Focus(s.answers[i+1])
		return
	}
	s.onNext()
}

func (s *answersPage) onNext() {
	var in app.GiveAnswers
	for i, field := range s.answers {
		if strings.TrimSpace(field.Text()) == "" { // what is long enough, the backend says: it depends on the script
			s.Refuse(field, words.Text("questions.empty"))
			return
		}
		in.Answers = append(in.Answers, app.Answer{Question: s.questions[i].ID, Answer: app.NewSecret(field.Text())})
	}
	s.flow.submit(in)
}

// why puts the reason into words why an answer can't serve.
func (s *answersPage) why(reason string) string {
	const min, max = 3, 40 // at a gate, where the step doesn't say
	values := words.Values{"min": min, "max": max}
	if s.pick != nil {
		values = words.Values{"min": s.pick.step.MinLength, "max": s.pick.step.MaxLength}
	}
	if key := "answer." + reason; words.Known(key) {
		return words.Text(key, values)
	}
	return words.Text("error.answer_malformed")
}

// Failed shows a refused answer beside its field. Which of several was wrong nobody says, and what was typed stays.
func (s *answersPage) Failed(e *app.Error) {
	at, err := strconv.Atoi(e.Params["index"])
	if e.Code == app.CodeBadAnswer && err == nil && at >= 0 && at < len(s.answers) {
		s.Refuse(s.answers[at], s.why(e.Params["why"]))
		return
	}
	s.Warn(e)
}
