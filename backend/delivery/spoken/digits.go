package spoken

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
)

// digits asks for the two digits, and says what came of them. A machine learns nothing from it.
func (t *talk) digits(ctx context.Context, call string) error {
	typed, err := t.askForDigits(ctx)
	if err != nil {
		return err
	}
	if typed == "" {
		t.reason = Machine
		return t.last(ctx, prompt.Goodbye)
	}
	t.heard = true
	answer := prompt.Over
	var refusal *app.Error
	switch err := t.Keyed(ctx, call, app.NewSecret(typed)); {
	case err == nil:
		answer = prompt.Right
	case errors.As(err, &refusal) && isWrong(refusal.Code):
		answer = prompt.Wrong
	}
	return t.last(ctx, answer)
}

// isWrong reports whether a refusal says that the digits were not the ones.
func isWrong(code app.Code) bool {
	switch code {
	case app.CodeWrongCode, app.CodeGateEnded, app.CodeRecovery, app.CodeProofLocked:
		return true
	}
	return false
}

// askForDigits gives two digits; empty: nobody typed them. A star begins anew; a number sign is what some type at the end.
func (t *talk) askForDigits(ctx context.Context) (string, error) {
	for range mostAsks {
		typed := ""
		key, err := t.say(ctx, prompt.Hello, prompt.Two)
		if key == 0 && err == nil {
			key, err = t.phone.Listen(ctx, forDigit)
		}
		for key != 0 && err == nil {
			switch {
			case key >= '0' && key <= '9':
				typed += string(key)
			case key == '*':
				typed = ""
			}
			if len(typed) == 2 {
				return typed, nil
			}
			key, err = t.phone.Listen(ctx, forDigit)
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}
