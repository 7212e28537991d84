package setup

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/client"
)

// TestTheWindowsPartOfTheFirstDay is what docs/first-day.md has somebody do at a window, for scripts/first-day-check: SPAREKEY_FIRST_DAY
// names the server, the user ID, the code, and whether it is an "administrator" or a "person", who resets as well.
func TestTheWindowsPartOfTheFirstDay(t *testing.T) {
	said := strings.Fields(os.Getenv("SPAREKEY_FIRST_DAY"))
	if len(said) != 4 {
		t.Skip("scripts/first-day-check begins it")
	}
	userID, reset := said[1], said[3] == "person"
	c := &client.Client{Base: said[0]}
	begins(t, c, app.PurposeSignIn).must(
		app.SignInWithPass{UserID: userID, Pass: app.NewSecret(said[2])}, app.GivePassword{Password: app.NewSecret("gentle otters paint nine doors")},
	).session()
	k := begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := k.codes()
	k.must(app.GiveCode{Digits: show(time.Now())})
	if !reset {
		return
	}
	k.must(app.Choose{Kind: app.KindQuestions})
	offered, is := k.flow.Now.(app.PickQuestions)
	if !is {
		t.Fatalf("choosing questions leads to %T", k.flow.Now)
	}
	k.must(answersTo(offered.Questions[:offered.Choose]))
	if _, is := k.flow.Now.(app.Registered); !is {
		t.Fatalf("registering leads to %T", k.flow.Now)
	}
	k.must(app.Finish{})
	resets(t, &client.Client{Base: said[0]}, userID, show)
}

func answersTo(asked []app.Question) (in app.GiveAnswers) {
	for _, q := range asked {
		in.Answers = append(in.Answers, app.Answer{Question: q.ID, Answer: app.NewSecret("Zaunkoenig " + q.ID)})
	}
	return in
}

// resets goes through a reset, whatever is asked: the app's next code, since the one before was used, and the answers.
func resets(t *testing.T, c *client.Client, userID string, show func(time.Time) app.Secret) {
	t.Helper()
	const fresh = "seven herons cross the harbour"
	ways := []app.Kind{app.KindAuthApp, app.KindQuestions}
	for k := begins(t, c, app.PurposeReset); ; {
		switch now := k.flow.Now.(type) {
		case app.EnterUserID:
			k.must(app.GiveUserID{UserID: userID})
		case app.ProveWork:
			nonce, err := work.Solve(t.Context(), now, 2)
			if err != nil {
				t.Fatal(err)
			}
			k.must(app.GiveWork{Nonce: nonce})
		case app.Triage:
			k.must(app.GiveReason{Reason: app.ReasonForgot})
		case app.ChooseMethod:
			k.must(app.Choose{Kind: ways[now.Gate%2]})
		case app.EnterCode:
			k.must(app.GiveCode{Digits: show(time.Now().Add(30 * time.Second))})
		case app.AnswerQuestions:
			k.must(answersTo(now.Questions))
		case app.NewPassword:
			k.must(app.GivePassword{Password: app.NewSecret(fresh)})
		case app.Done:
			signIn := begins(t, c, app.PurposeSignIn).must(app.SignIn{UserID: userID, Password: app.NewSecret(fresh)})
			if _, asked := signIn.flow.Now.(app.EnterCode); !asked { // of the app, once the password was right
				t.Fatalf("the new password leads to %T", signIn.flow.Now)
			}
			return
		default:
			t.Fatalf("the reset leads to %T %+v", now, now)
		}
	}
}
