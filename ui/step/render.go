package step

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// newPage draws the step at hand: one kind of page for each kind of step.
func (f *flow) newPage() shell.Page {
	switch step := f.Now.(type) {
	case app.EnterSignIn:
		return f.signInChosen(step)
	case app.EnterUserID:
		return newUserID(f, step)
	case app.ProveWork:
		return newWork(f)
	case app.Triage:
		return newTriage(f, step)
	case app.ChooseMethod:
		return newChoose(f, step)
	case app.ShowSecret:
		return newSecret(f, step)
	case app.EnterAddress:
		return newAddress(f, step)
	case app.EnterPhone:
		return newPhone(f, step)
	case app.EnterCode:
		return newCode(f, step)
	case app.ConfirmOnPhone:
		return newCall(f)
	case app.PickQuestions:
		return newPick(f, step)
	case app.AnswerQuestions:
		return newProveAnswers(f, step)
	case app.UseKey:
		return newKey(f, step)
	case app.ChooseUnlock:
		return newUnlock(f)
	case app.NewPassword:
		return newPassword(f, step)
	case app.Confirming:
		return newConfirming(f, step)
	case app.Registered:
		return newRegistered(f, step)
	case app.Reconfirm:
		return newReconfirm(f, step)
	case app.CurrentPassword:
		return newCurrent(f)
	case app.SecurityInfo:
		return newInfo(f, step)
	case app.ConfirmDelete:
		return newDelete(f, step)
	case app.Revealed:
		return newRevealed(f, step)
	case app.Blocked:
		return newBlocked(f, step)
	case app.RequestSent:
		return newRequest(f, step)
	case app.Done:
		return newDone(f, step)
	}
	return newEnded(f.w, f.route, &app.Error{Code: app.CodeInternal, Support: f.Support})
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
func (f *flow) tell() {
	n := f.Notice
	if n == nil || f.w.Busy() {
		return
	}
	if n.Code == app.NoticeGatePassed && !f.gateToCome() {
		return
	}
	if _, call := f.Now.(app.ConfirmOnPhone); call && n.Code == app.NoticeCodeResent {
		return // the page shows the new digits
	}
	if code, is := f.Now.(app.EnterCode); is && code.Delivery != "" && n.Code == app.NoticeCodeResent {
		return // the page says what becomes of the new code
	}
	kind := kit.NoteInfo
	switch n.Code {
	case app.NoticeCodeSent:
		return // the page says where it went
	case app.NoticeGateEnded, app.NoticeNotWritten, app.NoticeCallWrong, app.NoticeKeyOnly, app.NoticeCurrentAgain, app.NoticeFrozen:
		kind = kit.NoteWarning
	case app.NoticeMethodAdded, app.NoticeMethodReplaced, app.NoticeMethodRemoved, app.NoticeDefaultSet, app.NoticeGatePassed, app.NoticePasswordSet, app.NoticeUnlocked, app.NoticeUnfrozen:
		kind = kit.NoteSuccess
	}
	about := ""
	if n.Kind != "" {
		about = shell.KindTitle(n.Kind)
	}
	f.w.Tell(kind, words.Text("notice."+string(n.Code), words.Values{"kind": about}))
}

// gateToCome reports whether there is another gate after the one that was passed.
func (f *flow) gateToCome() bool {
	switch f.Now.(type) {
	case app.NewPassword, app.ChooseUnlock:
		return false
	}
	return true
}

// newStepPage begins the page of a step: Escape goes back.
func newStepPage(f *flow) *shell.PageBase {
	s := shell.NewPageBase(f.w, stepName(f.Now))
	s.Escape = f.back
	s.AskUntil = func() time.Time { return f.local(f.Expires) }
	s.Overdue = func() { f.received(app.Flow{}, &app.Error{Code: app.CodeExpired}) } // as the server would say
	return s
}

// exits are Back where the flow has one, and Cancel; Not now where it may be put off.
func (f *flow) exits() fyne.CanvasObject {
	label := "button.cancel"
	if f.optional() {
		label = "button.not_now"
	}
	cancel := kit.NewButton("page.cancel", words.Text(label), kit.Link, f.cancel)
	if !f.CanBack {
		return cancel
	}
	return kit.NewLine(8, kit.NewButton("page.back", words.Text("button.back"), kit.Link, f.back), cancel)
}

// another offers the other ways that may be taken from here: one at once, several on a page of their own.
func (f *flow) another() fyne.CanvasObject {
	if len(f.Others) == 0 {
		return nil
	}
	return kit.NewButton("page.another", words.Text("button.another"), kit.Secondary, f.onAnother)
}

func (f *flow) onAnother() {
	if len(f.Others) == 1 {
		f.submit(app.Choose{Kind: f.Others[0].Kind})
		return
	}
	f.w.Show(newOthers(f))
}
