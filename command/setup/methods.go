package setup

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/questions"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
)

// methods are the ways to prove who you are that this build has.
func methods() []app.Method {
	return []app.Method{securitykey.Method{}, authapp.Method{}, sms.Method{}, voice.Method{}, email.Method{}, questions.Method{}}
}
