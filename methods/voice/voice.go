// Package voice is the phone call: a voice reads a six-digit code, digit by digit and twice.
package voice

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/phone"
)

// Method implements app.Method. Its zero value is ready.
type Method struct{}

var _ app.Contactable = Method{}

var channel = phone.Channel{Kind: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}}

// Kind is app.KindVoice.
func (Method) Kind() app.Kind { return app.KindVoice }

// Enrol registers a number, see [phone.Channel].
func (Method) Enrol(t app.Turn, in app.Input) (app.Result, error) { return channel.Enrol(t, in) }

// Prove takes a code that was read out, see [phone.Channel].
func (Method) Prove(t app.Turn, in app.Input) (app.Result, error) { return channel.Prove(t, in) }

// Contact takes a number that was entered beforehand, see [phone.Channel].
func (Method) Contact(t app.Turn, in app.Input) (app.NewCredential, error) {
	return channel.Contact(t, in)
}
