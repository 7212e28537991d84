// Package wire is the JSON that the client and the API speak: one form for each noun of package app, and both ways of
// each translation side by side. docs/api.md describes it in prose, /openapi.json in full.
//
// Lists are never null, times are RFC 3339 in UTC with microseconds, and what is empty is left out. A secret crosses
// only through a field that was made for it: a flow's token, a session's tokens, a typed password, pass or code, the TOTP
// secret while it is shown once, and a pass when it is issued. The forms have no field for anything else that the backend
// keeps of a credential, and none for who acts: the server knows who calls.
//
// A closed set of app is a union (union.go): one row for each of its types, in steps or in inputs.
package wire
