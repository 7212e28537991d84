//go:build !linux

package appearance

import "context"

func watch(context.Context, func()) {}
