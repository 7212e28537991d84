//go:build unix

package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// holder is the account that a folder of a server belongs to. nil is whoever runs the command.
type holder struct{ uid, gid int }

// holderOf is the account, other than root, that a folder belongs to, or the nearest one around it that is there; nil where root has
// nobody to give anything to.
func holderOf(folder string) (*holder, error) {
	info, err := os.Stat(folder)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(folder) != folder {
		folder = filepath.Dir(folder)
		info, err = os.Stat(folder)
	}
	if err != nil {
		return nil, err
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	if !known || os.Geteuid() != 0 || owner.Uid == 0 {
		return nil, nil
	}
	return &holder{int(owner.Uid), int(owner.Gid)}, nil
}

// becomeOwner has root go on as the account that owns a folder, so that no file of root's is left there that the server can't read, and
// nothing that the account puts there leads root elsewhere. It is for good. Anybody else stays who they are.
func becomeOwner(folder string) error {
	h, err := holderOf(folder)
	if h == nil || err != nil {
		return err
	}
	Operator() // who began, before this is somebody else
	err = errors.Join(syscall.Setgroups([]int{h.gid}), syscall.Setgid(h.gid))
	if err == nil {
		err = syscall.Setuid(h.uid)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	return nil
}

// give gives the account what root has just made for it, where root can't go on as the account: what is not there, no longer root's, or
// has another name elsewhere stays as it is.
func (h *holder) give(paths ...string) error {
	if h == nil {
		return nil
	}
	var all error
	for _, path := range paths {
		all = errors.Join(all, h.giveOne(path))
	}
	return all
}

func (h *holder) giveOne(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	is, known := info.Sys().(*syscall.Stat_t)
	if !known || is.Uid != 0 || !info.IsDir() && (!info.Mode().IsRegular() || is.Nlink != 1) {
		return nil
	}
	return f.Chown(h.uid, h.gid)
}
