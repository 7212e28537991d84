//go:build !linux && !darwin

package setup

import "math"

// freeBytes is not known here: a disk that is full shows when something is written.
func freeBytes(string) (uint64, error) { return math.MaxUint64, nil }
