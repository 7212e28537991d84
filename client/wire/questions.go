package wire

import "github.com/sparekey/sparekey/app"

// Question is the form of app.Question.
type Question struct {
	ID    string            `json:"id"`
	Texts map[string]string `json:"texts,omitempty"`
}

func newQuestion(q app.Question) Question { return Question(q) }
func (w Question) domain() app.Question   { return app.Question(w) }
func newAnswer(a app.Answer) Answer       { return Answer{Question: a.Question, Answer: a.Answer.Reveal()} }
func (w Answer) domain() app.Answer {
	return app.Answer{Question: w.Question, Answer: app.NewSecret(w.Answer)}
}

// PickQuestions is the form of app.PickQuestions.
type PickQuestions struct {
	Type      string     `json:"type" const:"pick_questions"`
	Questions []Question `json:"questions" nullable:"false"`
	Choose    int        `json:"choose"`
	MinLength int        `json:"min_length"`
	MaxLength int        `json:"max_length"`
}

func newPickQuestions(s app.PickQuestions) PickQuestions {
	return PickQuestions{
		Questions: list(s.Questions, newQuestion), Choose: s.Choose,
		MinLength: s.MinLength, MaxLength: s.MaxLength,
	}
}

func (w PickQuestions) domain() app.PickQuestions {
	return app.PickQuestions{
		Questions: unlist(w.Questions, Question.domain), Choose: w.Choose, MinLength: w.MinLength, MaxLength: w.MaxLength,
	}
}

// AnswerQuestions is the form of app.AnswerQuestions: questions, and never an answer.
type AnswerQuestions struct {
	Type      string     `json:"type" const:"answer_questions"`
	Questions []Question `json:"questions" nullable:"false"`
	TriesLeft int        `json:"tries_left"`
}

func newAnswerQuestions(s app.AnswerQuestions) AnswerQuestions {
	return AnswerQuestions{Questions: list(s.Questions, newQuestion), TriesLeft: s.TriesLeft}
}

func (w AnswerQuestions) domain() app.AnswerQuestions {
	return app.AnswerQuestions{Questions: unlist(w.Questions, Question.domain), TriesLeft: w.TriesLeft}
}

// Answer is the form of app.Answer.
type Answer struct {
	Question string `json:"question" maxLength:"64"`
	Answer   string `json:"answer" maxLength:"1024"`
}

// GiveAnswers is the form of app.GiveAnswers.
type GiveAnswers struct {
	Type    string   `json:"type" const:"give_answers"`
	Answers []Answer `json:"answers" nullable:"false" maxItems:"16"`
}

func newGiveAnswers(in app.GiveAnswers) GiveAnswers {
	return GiveAnswers{Answers: list(in.Answers, newAnswer)}
}

func (w GiveAnswers) domain() app.GiveAnswers {
	return app.GiveAnswers{Answers: unlist(w.Answers, Answer.domain)}
}
