package setup

import (
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
)

// InWords says the problems in an error by their texts, each on a line. Other errors stay as they are.
func InWords(err error) error {
	var said []error
	switch wrong := err.(type) {
	case app.Problem:
		return errors.New(words.ProblemIn("", wrong))
	case *config.Problems:
		for _, p := range wrong.List {
			said = append(said, errors.New(words.ProblemIn(wrong.File, p)))
		}
	case interface{ Unwrap() []error }:
		for _, one := range wrong.Unwrap() {
			said = append(said, InWords(one))
		}
	default:
		return err
	}
	return errors.Join(said...)
}
