// Package sms is the text message: a six-digit code goes to a number that can be a mobile's.
package sms

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/phone"
)

// Method implements app.Method. Its zero value is ready.
type Method struct{}

var _ app.Contactable = Method{}

var channel = phone.Channel{Kind: app.KindSMS, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate}}

// Kind is app.KindSMS.
func (Method) Kind() app.Kind { return app.KindSMS }

// Enrol registers a number, see [phone.Channel].
func (Method) Enrol(t app.Turn, in app.Input) (app.Result, error) { return channel.Enrol(t, in) }

// Prove takes a code that was sent, see [phone.Channel].
func (Method) Prove(t app.Turn, in app.Input) (app.Result, error) { return channel.Prove(t, in) }

// Number reads a number in international form that takes texts, as E.164 has it, and its country (ISO 3166-1 alpha-2). The error is
// as that of a number to register.
func Number(typed string) (number, country string, err error) {
	return phone.Number(typed, app.PhoneMobile)
}

// Contact takes a number that was entered beforehand, see [phone.Channel].
func (Method) Contact(t app.Turn, in app.Input) (app.NewCredential, error) {
	return channel.Contact(t, in)
}
