//go:build unix

package setup

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// becomeOwner has root go on as the account that owns a folder, so that no file of root's is left there that the server can't read, and
// nothing that the account puts there leads root elsewhere. It is for good. Anybody else stays who they are.
func becomeOwner(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	if !known || os.Geteuid() != 0 || owner.Uid == 0 {
		return nil
	}
	Operator() // who began, before this is somebody else
	err = errors.Join(syscall.Setgroups([]int{int(owner.Gid)}), syscall.Setgid(int(owner.Gid)))
	if err == nil {
		err = syscall.Setuid(int(owner.Uid))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	return nil
}
