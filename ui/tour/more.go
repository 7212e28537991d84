package tour

import (
	"strings"

	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// The numbers are kept for fiction by the regulators of their countries.
const (
	mobile = "+61491570156"
	office = "+442079460000"
)

// phones: someone registers a mobile number for texts and the office's for calls, and resets the password with both.
func phones(v *visitor) {
	ben := v.person("registered")
	v.setUp(ben)
	v.tap("info.add")
	v.page("add")
	v.snap("add-another")
	v.tap("add.sms")
	v.page("phone")
	v.snap("text-number")
	v.typeIn("phone.field", "0491 570 156")
	v.tap("page.next")
	v.check("a number without its country is not sent", func() bool { return v.o.Window.Page() == "phone" })
	v.snap("text-number-no-country")
	v.typeIn("phone.field", office)
	v.tap("page.next")
	v.see("This is a land line")
	v.snap("text-land-line")
	v.typeIn("phone.field", "+61 491 570 156")
	v.tap("page.next")
	v.page("code")
	v.see("+61 ••••••56")
	v.snap("text-code")
	v.typeIn("code.cells", v.mailed(mobile))

	v.page("info")
	v.snap("text-registered")
	v.tap("info.add")
	v.tap("add.voice")
	v.page("phone")
	v.tap("phone.use.3")
	v.typeIn("phone.field", "+44 20 7946 0000")
	v.typeIn("phone.extension", "4400")
	v.snap("call-number")
	v.tap("page.next")
	v.page("code")
	v.snap("call-code")
	v.tap("banner.tray")
	v.see("Once more")
	v.snap("call-transcript")
	v.tap("tray.play")
	v.snap("call-played")
	v.tap("banner.tray")
	v.typeIn("code.cells", v.mailed(office+";ext=4400"))
	v.finish()

	v.begin("home.forgot", ben.UserID)
	v.page("choose")
	v.snap("choose-of-four")
	v.tap("choose.sms")
	v.page("phone")
	v.see("Type your phone number in full")
	v.snap("confirm-number")
	v.typeIn("phone.field", "+61 491 570 157")
	v.tap("page.next")
	v.see("4 tries left")
	v.snap("confirm-number-wrong")
	v.typeIn("phone.field", mobile)
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed(mobile))
	v.page("choose")
	v.tap("choose.voice")
	v.page("code")
	v.see("+44 ••••••00")
	v.typeIn("code.cells", v.mailed(office+";ext=4400"))
	v.chooseAnew(ben, "nine lanterns over the still lagoon")
}

// securityQuestions: someone answers three questions, and resets the password with the answers and the app.
func securityQuestions(v *visitor) {
	farid := v.person("locked")
	v.begin("home.forgot", farid.UserID) // a new password lifts the directory's lock, too
	v.page("choose")
	v.tap("choose.email")
	v.page("address")
	v.typeIn("address.field", "farid.moreau@mail.example")
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed("farid.moreau@mail.example"))
	v.page("code")
	v.typeIn("code.cells", v.fresh(farid))
	farid.Password = "a ferry waits beyond the breakwater"
	v.chooseAnew(farid, farid.Password)

	v.setUp(farid)
	v.tap("info.add")
	v.tap("add.questions")
	v.page("pick_questions")
	v.snap("questions")
	answers := map[string]string{"Which was the first concert": "Kraftwerk", "Which film did you see": "Der kleine Lord", "In which town was your first job": "小樽"}
	v.tap("questions.pick.first_concert")
	v.tap("questions.pick.first_film")
	v.tap("questions.pick.first_job_town")
	v.snap("questions-chosen")
	v.tap("page.next")
	v.see("Answer your questions")
	v.snap("answers-empty")
	v.typeIn("answers.1", "concert")
	v.typeIn("answers.2", "Der kleine Lord")
	v.typeIn("answers.3", "小樽市の港")
	answers["In which town was your first job"] = "小樽市の港"
	v.tap("page.next")
	v.see("The question says this already")
	v.snap("answer-in-question")
	v.typeIn("answers.1", "Kraftwerk")
	v.tap("answers.1.reveal")
	v.snap("answers")
	v.tap("page.next")
	v.page("info")
	v.snap("questions-registered")
	v.tap("info.questions")
	v.page("method")
	v.snap("questions-again")
	v.tap("page.back")
	v.page("info")
	v.finish()

	v.begin("home.forgot", farid.UserID)
	v.page("choose")
	v.tap("choose.questions")
	v.page("answer_questions")
	v.snap("gate-questions")
	for i := range 3 {
		v.typeIn("answers."+string(rune('1'+i)), "wrong")
	}
	v.tap("page.next")
	v.see("Not all answers are right. You have 4 tries left.")
	v.snap("gate-questions-wrong")
	for i := range 3 {
		v.typeIn("answers."+string(rune('1'+i)), strings.ToUpper(v.answer(i, answers)))
	}
	v.tap("page.next")
	v.page("choose")
	v.tap("choose.authapp")
	v.page("code")
	v.typeIn("code.cells", v.fresh(farid))
	v.chooseAnew(farid, "kelp and copper under the pier")
}

// setUp signs someone in who is registered already.
func (v *visitor) setUp(p ui.Sample) {
	v.page("home")
	v.tap("home.set_up")
	v.signIn(p.UserID, p.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(p))
	v.page("info")
}

// finish signs out.
func (v *visitor) finish() {
	v.page("info")
	v.tap("rail.sign_out")
	v.page("home")
}

// chooseAnew sets a new password, which the stories to come know, and goes home.
func (v *visitor) chooseAnew(p ui.Sample, password string) {
	v.page("new_password")
	v.typeIn("password.new", password)
	v.typeIn("password.again", password)
	v.tap("page.next")
	v.page("done")
	if v.err == nil {
		v.passwords[p.UserID] = password
	}
	v.tap("page.next")
	v.page("home")
}

// fresh is a code of a sample person's app that was not read before.
func (v *visitor) fresh(p ui.Sample) string { return v.unread(p.UserID, p.App) }

// answer is what the person knows to the question at a place on the page.
func (v *visitor) answer(i int, answers map[string]string) string {
	var known string
	v.check("the question is one of those that were answered", func() bool {
		var questions []string
		for _, text := range kit.Texts(v.o.Window.Root()) {
			for begin := range answers {
				if strings.HasPrefix(text, begin) {
					questions = append(questions, begin)
				}
			}
		}
		if i < len(questions) {
			known = answers[questions[i]]
		}
		return known != ""
	})
	return known
}
