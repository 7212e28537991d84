package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// SetPassword implements port.Directory. Once Graph took the password, the person's sessions are revoked too; where that fails,
// the password is set all the same, and the log says so.
func (d *Directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	if untypable(password) {
		return &port.Refusal{}
	}
	const doing = "set a password"
	a, err := d.Account(ctx, id)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return unavailable(doing, errors.New("the account is gone"))
	case err != nil:
		return err
	case a.Elsewhere || a.Protected || a.Disabled:
		return &port.Refusal{}
	}
	if err := refusal(d.put(ctx, id, password), password); err != nil {
		var refused *port.Refusal
		if errors.As(err, &refused) {
			return refused
		}
		return unavailable(doing, err)
	}
	err = d.confirm(ctx, id, a.Stamp)
	if err := d.revoke(ctx, id); err != nil {
		d.config.Log.WarnContext(ctx, "a password was set, and the person's sessions could not be revoked", "account", id, "error", err)
	}
	return unavailable(doing, err)
}

// untypable reports whether a password is none: nothing, control characters, or bytes that JSON would replace by others.
func untypable(password app.Secret) bool {
	text := password.Reveal()
	return text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl)
}

// put writes a password that need not be changed again.
func (d *Directory) put(ctx context.Context, id app.AccountID, password app.Secret) error {
	type profile struct {
		ForceChange bool   `json:"forceChangePasswordNextSignIn"`
		Password    string `json:"password"`
	}
	body, err := json.Marshal(map[string]profile{"passwordProfile": {Password: password.Reveal()}})
	if err != nil {
		return errors.New("the password can't be written as JSON")
	}
	defer clear(body)
	return d.graph.call(ctx, request{method: http.MethodPatch, url: d.graph.at(nil, "users", string(id)), body: body}, nil)
}

// looks are the pauses before the directory is asked whether it has a new password: what it tells comes from a copy that may lag.
var looks = []time.Duration{0, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// confirm asks until the directory tells a later time of the last password change than before. An earlier one is that of a copy
// which lags further behind.
func (d *Directory) confirm(ctx context.Context, id app.AccountID, before string) error {
	then, _ := time.Parse(time.RFC3339, before) // none: any time is later
	why := errors.New("the directory doesn't tell of the new password yet")
	for _, pause := range looks {
		if !lasts(ctx, pause) {
			break
		}
		if err := d.config.Wait(ctx, pause); err != nil {
			return err
		}
		u, err := d.user(ctx, id)
		if err != nil {
			why = err
			continue
		}
		if at, err := time.Parse(time.RFC3339, u.LastPasswordChange); err == nil && at.After(then) {
			return nil
		}
	}
	return fmt.Errorf("the new password could not be confirmed: %s", why) // whatever the answer was, it says nothing of the password
}

// revoke ends the person's sessions: refresh tokens of apps, and cookies of browsers.
func (d *Directory) revoke(ctx context.Context, id app.AccountID) error {
	return d.graph.call(ctx, request{method: http.MethodPost, url: d.graph.at(nil, "users", string(id), "revokeSignInSessions")}, nil)
}

// Rules implements port.Directory. A reset is held against no history: the directory doesn't know the password before.
func (d *Directory) Rules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	u, err := d.user(ctx, id)
	if err != nil {
		return port.PasswordRules{}, told("rules", err)
	}
	if strings.Contains(u.PasswordPolicies, "DisableStrongPassword") { // weaker ones are taken; how weak isn't told
		return port.PasswordRules{MaxLength: maxLength}, nil
	}
	return port.PasswordRules{MinLength: minLength, MaxLength: maxLength, MinClasses: minClasses}, nil
}
