package desktop

import (
	"errors"
	"os"
	"syscall"
)

// endWith has this process told to end when the one that began it does, which has to be the one of this number.
func endWith(parent int) error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0); errno != 0 {
		return errno
	}
	if os.Getppid() != parent { // it ended before this was asked
		return errors.New("the greeter is gone")
	}
	return nil
}
