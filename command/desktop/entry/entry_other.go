//go:build !unix || darwin

package entry

import "context"

func show(context.Context, Options) error { return ErrUnsupported }
