package backend_test

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/questions"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
)

// everyMethod is what a build has; answers are hashed cheaply.
func everyMethod() []app.Method {
	quick := questions.Method{Cost: questions.Cost{Memory: 8, Passes: 1}}
	return []app.Method{authapp.Method{}, email.Method{}, sms.Method{}, voice.Method{}, securitykey.Method{}, quick}
}
