package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// page draws the step at hand: one kind of page for each kind of step.
func (c *flow) newPage() Page {
	switch step := c.Now.(type) {
	case app.EnterSignIn:
		return c.signInChosen(step)
	case app.EnterUserID:
		return newUserID(c, step)
	case app.ProveWork:
		return newWork(c)
	case app.Triage:
		return newTriage(c, step)
	case app.ChooseMethod:
		return newChoose(c, step)
	case app.ShowSecret:
		return newSecret(c, step)
	case app.EnterAddress:
		return newAddress(c, step)
	case app.EnterPhone:
		return newPhone(c, step)
	case app.EnterCode:
		return newCode(c, step)
	case app.ConfirmOnPhone:
		return newCall(c)
	case app.PickQuestions:
		return newPick(c, step)
	case app.AnswerQuestions:
		return newProveAnswers(c, step)
	case app.UseKey:
		return newKey(c, step)
	case app.ChooseUnlock:
		return newUnlock(c)
	case app.NewPassword:
		return newPassword(c, step)
	case app.Confirming:
		return newConfirming(c, step)
	case app.Registered:
		return newRegistered(c, step)
	case app.Reconfirm:
		return newReconfirm(c, step)
	case app.CurrentPassword:
		return newCurrent(c)
	case app.SecurityInfo:
		return newInfo(c, step)
	case app.ConfirmDelete:
		return newDelete(c, step)
	case app.Revealed:
		return newRevealed(c, step)
	case app.Blocked:
		return newBlocked(c, step)
	case app.RequestSent:
		return newRequest(c, step)
	case app.Done:
		return newDone(c, step)
	}
	return newEnded(c.w, c.route, &app.Error{Code: app.CodeInternal, Support: c.Support})
}

// stepName is the name of the page that draws a step.
func stepName(step app.Step) string {
	switch step.(type) {
	case app.EnterSignIn, app.SignedIn:
		return "sign_in"
	case app.EnterUserID:
		return "user_id"
	case app.ProveWork:
		return "work"
	case app.Triage:
		return "triage"
	case app.ChooseMethod:
		return "choose"
	case app.ShowSecret:
		return "secret"
	case app.EnterAddress:
		return "address"
	case app.EnterPhone:
		return "phone"
	case app.EnterCode:
		return "code"
	case app.ConfirmOnPhone:
		return "call"
	case app.PickQuestions:
		return "pick_questions"
	case app.AnswerQuestions:
		return "answer_questions"
	case app.UseKey:
		return "key"
	case app.ChooseUnlock:
		return "unlock"
	case app.NewPassword:
		return "new_password"
	case app.Confirming:
		return "confirming"
	case app.Registered:
		return "registered"
	case app.Reconfirm:
		return "reconfirm"
	case app.CurrentPassword:
		return "current"
	case app.SecurityInfo:
		return "info"
	case app.ConfirmDelete:
		return "delete"
	case app.Revealed:
		return "revealed"
	case app.Blocked:
		return "blocked"
	case app.RequestSent:
		return "request_sent"
	case app.Done:
		return "done"
	}
	return "ended"
}

// tell says what happened on the way to this step.
func (c *flow) tell() {
	n := c.Notice
	if n == nil || c.w.Busy() {
		return
	}
	if n.Code == app.NoticeGatePassed && !c.gateToCome() {
		return
	}
	if _, call := c.Now.(app.ConfirmOnPhone); call && n.Code == app.NoticeCodeResent {
		return // the page shows the new digits
	}
	kind := kit.NoteInfo
	switch n.Code {
	case app.NoticeCodeSent:
		return // the page says where it went
	case app.NoticeGateEnded, app.NoticeNotWritten, app.NoticeCallWrong, app.NoticeKeyOnly:
		kind = kit.NoteWarning
	case app.NoticeMethodAdded, app.NoticeMethodReplaced, app.NoticeMethodRemoved, app.NoticeDefaultSet, app.NoticeGatePassed, app.NoticePasswordSet, app.NoticeUnlocked:
		kind = kit.NoteSuccess
	}
	about := ""
	if n.Kind != "" {
		about = KindTitle(n.Kind)
	}
	c.w.Tell(kind, words.Text("notice."+string(n.Code), words.Values{"kind": about}))
}

// gateToCome reports whether there is another gate after the one that was passed.
func (c *flow) gateToCome() bool {
	switch c.Now.(type) {
	case app.NewPassword, app.ChooseUnlock:
		return false
	}
	return true
}

// newStepSheet begins the page of a step: Escape goes back.
func newStepPage(c *flow) *PageBase {
	s := NewPageBase(c.w, stepName(c.Now))
	s.Escape = c.back
	return s
}

// ways back: Back where the flow has one, and Cancel; Not now where it may be put off.
func (c *flow) exits() fyne.CanvasObject {
	label := "button.cancel"
	if c.optional() {
		label = "button.not_now"
	}
	cancel := kit.NewButton("page.cancel", words.Text(label), kit.Link, c.cancel)
	if !c.CanBack {
		return cancel
	}
	return kit.NewLine(8, kit.NewButton("page.back", words.Text("button.back"), kit.Link, c.back), cancel)
}

// another offers the other ways that may be taken from here: one at once, several on a page of their own.
func (c *flow) another() fyne.CanvasObject {
	if len(c.Others) == 0 {
		return nil
	}
	return kit.NewButton("page.another", words.Text("button.another"), kit.Secondary, c.onAnother)
}

func (c *flow) onAnother() {
	if len(c.Others) == 1 {
		c.submit(app.Choose{Kind: c.Others[0].Kind})
		return
	}
	c.w.Show(newOthers(c))
}

// choices are rows to choose a way from.
func (c *flow) choices(prefix string, from []app.Choice) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, choice := range from {
		spec := kit.RowSpec{Icon: KindIcon(choice.Kind), Title: KindTitle(choice.Kind), Detail: words.Text("kind." + string(choice.Kind) + ".detail")}
		switch {
		case choice.Have:
			spec.Badge = words.Text("choose.registered")
		case choice.Recommended:
			spec.Badge = words.Text("choose.recommended")
		}
		rows = append(rows, kit.NewRow(prefix+"."+string(choice.Kind), spec, func() { c.submit(app.Choose{Kind: choice.Kind}) }))
	}
	return rows
}
