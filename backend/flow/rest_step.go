package flow

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// savedStepForm is a method's step at rest: at most one field is set.
type savedStepForm struct {
	Secret  *secretForm  `json:"secret,omitempty"`
	Address *addressForm `json:"address,omitempty"`
	Phone   *phoneForm   `json:"phone,omitempty"`
	Code    *codeForm    `json:"code,omitempty"`
	Call    *callForm    `json:"call,omitempty"`
	Pick    *pickForm    `json:"pick,omitempty"`
	Answer  *answerForm  `json:"answer,omitempty"`
	Key     *keyForm     `json:"key,omitempty"`
}

// stepForm gives the form of a method's step; nil for a step that no method may show.
func stepForm(step app.Step) *savedStepForm {
	switch step := step.(type) {
	case app.ShowSecret:
		return &savedStepForm{Secret: newSecretForm(step)}
	case app.EnterAddress:
		return &savedStepForm{Address: (*addressForm)(&step)}
	case app.EnterPhone:
		return &savedStepForm{Phone: (*phoneForm)(&step)}
	case app.EnterCode:
		return &savedStepForm{Code: (*codeForm)(&step)}
	case app.ConfirmOnPhone:
		return &savedStepForm{Call: (*callForm)(&step)}
	case app.PickQuestions:
		return &savedStepForm{Pick: newPickForm(step)}
	case app.AnswerQuestions:
		return &savedStepForm{Answer: newAnswerForm(step)}
	case app.UseKey:
		return &savedStepForm{Key: newKeyForm(step)}
	}
	return nil
}

// step gives the step back; nil where none is kept.
func (w savedStepForm) step() app.Step {
	switch {
	case w.Secret != nil:
		return w.Secret.step()
	case w.Address != nil:
		return app.EnterAddress(*w.Address)
	case w.Phone != nil:
		return app.EnterPhone(*w.Phone)
	case w.Code != nil:
		return app.EnterCode(*w.Code)
	case w.Call != nil:
		return app.ConfirmOnPhone(*w.Call)
	case w.Pick != nil:
		return w.Pick.step()
	case w.Answer != nil:
		return w.Answer.step()
	case w.Key != nil:
		return w.Key.step()
	}
	return nil
}

// secretForm is the form of app.ShowSecret, with its secrets in the open: the flow's state is sealed as a whole. Its tries
// are not kept.
type secretForm struct {
	URI     string   `json:"uri"`
	Groups  []string `json:"groups"`
	Issuer  string   `json:"issuer"`
	Account string   `json:"account"`
}

func newSecretForm(step app.ShowSecret) *secretForm {
	groups := make([]string, len(step.Groups))
	for i, group := range step.Groups {
		groups[i] = group.Reveal()
	}
	return &secretForm{URI: step.URI.Reveal(), Groups: groups, Issuer: step.Issuer, Account: step.Account}
}

func (w secretForm) step() app.ShowSecret {
	groups := make([]app.Secret, len(w.Groups))
	for i, group := range w.Groups {
		groups[i] = app.NewSecret(group)
	}
	return app.ShowSecret{URI: app.NewSecret(w.URI), Groups: groups, Issuer: w.Issuer, Account: w.Account}
}

// addressForm is the form of app.EnterAddress.
type addressForm struct {
	Confirm    bool     `json:"Confirm"`
	OwnDomains []string `json:"OwnDomains"`
	Address    string   `json:"Address"`
	TriesLeft  int      `json:"TriesLeft"`
}

// phoneForm is the form of app.EnterPhone.
type phoneForm struct {
	Channel   app.Kind       `json:"Channel"`
	Confirm   bool           `json:"Confirm"`
	Uses      []app.PhoneUse `json:"Uses"`
	Number    string         `json:"Number"`
	Extension string         `json:"Extension"`
	Use       app.PhoneUse   `json:"Use"`
	TriesLeft int            `json:"TriesLeft"`
}

// codeForm is the form of app.EnterCode.
type codeForm struct {
	Channel   app.Kind  `json:"Channel"`
	Masked    string    `json:"Masked"`
	TriesLeft int       `json:"TriesLeft"`
	Expires   time.Time `json:"Expires"`
	ResendAt  time.Time `json:"ResendAt"`
	// Told by the outbox, and empty here.
	Delivery app.Delivery `json:"Delivery,omitempty"`
	Handed   time.Time    `json:"Handed,omitzero"`
}

// callForm is the form of app.ConfirmOnPhone.
type callForm struct {
	Digits    string    `json:"Digits"`
	Masked    string    `json:"Masked"`
	TriesLeft int       `json:"TriesLeft"`
	Expires   time.Time `json:"Expires"`
	ResendAt  time.Time `json:"ResendAt"`
	Over      bool      `json:"Over"`
	// Told by the outbox, and empty here.
	Delivery app.Delivery `json:"Delivery,omitempty"`
	Handed   time.Time    `json:"Handed,omitzero"`
}

// questionForm is the form of app.Question.
type questionForm struct {
	ID    string            `json:"ID"`
	Texts map[string]string `json:"Texts"`
}

func newQuestionForms(questions []app.Question) []questionForm {
	if questions == nil {
		return nil
	}
	forms := make([]questionForm, len(questions))
	for i, q := range questions {
		forms[i] = questionForm(q)
	}
	return forms
}

func questionsOf(forms []questionForm) []app.Question {
	if forms == nil {
		return nil
	}
	questions := make([]app.Question, len(forms))
	for i, w := range forms {
		questions[i] = app.Question(w)
	}
	return questions
}

// pickForm is the form of app.PickQuestions.
type pickForm struct {
	Questions []questionForm `json:"Questions"`
	Choose    int            `json:"Choose"`
	MinLength int            `json:"MinLength"`
	MaxLength int            `json:"MaxLength"`
}

func newPickForm(step app.PickQuestions) *pickForm {
	return &pickForm{
		Questions: newQuestionForms(step.Questions), Choose: step.Choose, MinLength: step.MinLength, MaxLength: step.MaxLength,
	}
}

func (w pickForm) step() app.PickQuestions {
	return app.PickQuestions{
		Questions: questionsOf(w.Questions), Choose: w.Choose, MinLength: w.MinLength, MaxLength: w.MaxLength,
	}
}

// answerForm is the form of app.AnswerQuestions.
type answerForm struct {
	Questions []questionForm `json:"Questions"`
	TriesLeft int            `json:"TriesLeft"`
}

func newAnswerForm(step app.AnswerQuestions) *answerForm {
	return &answerForm{Questions: newQuestionForms(step.Questions), TriesLeft: step.TriesLeft}
}

func (w answerForm) step() app.AnswerQuestions {
	return app.AnswerQuestions{Questions: questionsOf(w.Questions), TriesLeft: w.TriesLeft}
}

// keyForm is the form of app.UseKey.
type keyForm struct {
	Create    *keyCreateForm `json:"Create"`
	Get       *keyGetForm    `json:"Get"`
	TriesLeft int            `json:"TriesLeft"`
}

func newKeyForm(step app.UseKey) *keyForm {
	return &keyForm{Create: (*keyCreateForm)(step.Create), Get: (*keyGetForm)(step.Get), TriesLeft: step.TriesLeft}
}

func (w keyForm) step() app.UseKey {
	return app.UseKey{Create: (*app.KeyCreate)(w.Create), Get: (*app.KeyGet)(w.Get), TriesLeft: w.TriesLeft}
}

// keyCreateForm is the form of app.KeyCreate.
type keyCreateForm struct {
	Challenge    []byte           `json:"Challenge"`
	RPID         string           `json:"RPID"`
	RPName       string           `json:"RPName"`
	Origin       string           `json:"Origin"`
	UserID       []byte           `json:"UserID"`
	UserName     string           `json:"UserName"`
	DisplayName  string           `json:"DisplayName"`
	Algorithms   []int            `json:"Algorithms"`
	Exclude      [][]byte         `json:"Exclude"`
	Verification app.Verification `json:"Verification"`
	Discoverable bool             `json:"Discoverable"`
	Attested     bool             `json:"Attested"`
	Protect      int              `json:"Protect"`
	AllowModels  []string         `json:"AllowModels"`
	DenyModels   []string         `json:"DenyModels"`
	Timeout      time.Duration    `json:"Timeout"`
}

// keyGetForm is the form of app.KeyGet.
type keyGetForm struct {
	Challenge    []byte           `json:"Challenge"`
	RPID         string           `json:"RPID"`
	Origin       string           `json:"Origin"`
	Allow        [][]byte         `json:"Allow"`
	Verification app.Verification `json:"Verification"`
	Timeout      time.Duration    `json:"Timeout"`
}
