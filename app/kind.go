package app

// Kind names a way to prove who you are, and with that the channel that a message takes.
type Kind string

// The six methods of the product.
const (
	KindAuthApp     Kind = "authapp"
	KindSMS         Kind = "sms"
	KindVoice       Kind = "voice"
	KindSecurityKey Kind = "securitykey"
	KindEmail       Kind = "email"
	KindQuestions   Kind = "questions"
)

// Kinds lists every kind, strongest first.
func Kinds() []Kind {
	return []Kind{KindSecurityKey, KindAuthApp, KindSMS, KindVoice, KindEmail, KindQuestions}
}

// Valid reports whether k is one of the six.
func (k Kind) Valid() bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// Verifies reports whether the kind is a verification method too; email and questions serve a reset only.
func (k Kind) Verifies() bool { return k.Valid() && k != KindEmail && k != KindQuestions }
