// Package password is the part of judging a password that needs no server: the rules that are shown before typing, and
// its strength. The window judges as one types, the backend judges again on submit, with the same code.
package password
