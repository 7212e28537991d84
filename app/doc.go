// Package app is the domain of Sparekey in plain Go: the nouns (account, kind, credential, flow, step, input,
// session, organisation, message, notice, error, secret) and the services that the client and the backend both
// implement.
//
// A person's intent travels one way, and the facts come back the same way:
//
//	person → ui page → app.Flows → client → [JSON] → backend/api → backend → methods; store, directory, outbox
//	page   ← app.Flow or *app.Error ← ………………………… the same path ………………………… ←
//
// The backend decides what comes next (a [Step]); the window knows how to draw each kind of step, not each method.
// There is no second navigation state: Back, Resend and the choice of another way are inputs too.
//
// The package imports the standard library only, and every other package may import it.
package app
