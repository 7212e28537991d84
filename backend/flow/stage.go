package flow

// stage is where a flow stands. Each machine's drawing names the spots that it uses.
type stage string

const (
	atSignIn     stage = "sign_in"
	atSignedIn   stage = "signed_in"
	atUserID     stage = "user_id"
	atWork       stage = "work"
	atTriage     stage = "triage"
	atChoose     stage = "choose"
	atMethod     stage = "method"
	atRegistered stage = "registered"
	atUnlock     stage = "unlock"
	atKnown      stage = "known"
	atReconfirm  stage = "reconfirm"
	atPassword   stage = "password"
	atConfirming stage = "confirming"
	atCurrent    stage = "current"
	atInfo       stage = "info"
	atDelete     stage = "delete"
	atRevealed   stage = "revealed"
	atBlocked    stage = "blocked"
	atSent       stage = "sent"
	atDone       stage = "done"
)

// final reports whether a flow that stands here has ended by itself, so that its last page may be read again.
func (s stage) final() bool { return s == atSent || s == atDone }
