// Package systemd speaks with the service manager that started the process: sockets that it opened, how the start, a reload and
// the stop go on, signs of life, credentials, and its journal. Where there is none, all of it does nothing.
package systemd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// ErrNoSocket means that the service manager has handed no socket of the name over.
var ErrNoSocket = errors.New("the service manager has handed no socket over that is named so")

// handedOver are the sockets that came with the process, which may be asked for once (sd_listen_fds(3)).
var handedOver = sync.OnceValues(activation.ListenersWithNames)

// Listener gives the one socket with a name (FileDescriptorName= of its unit).
func Listener(name string) (net.Listener, error) {
	all, err := handedOver()
	if err != nil {
		return nil, err
	}
	if len(all[name]) != 1 || all[name][0] == nil {
		return nil, fmt.Errorf("%s: %w", name, ErrNoSocket)
	}
	return all[name][0], nil
}

// Ready says that the start, or a reload, is done.
func Ready() error { return notify(daemon.SdNotifyReady) }

// Stopping says that the stop has begun.
func Stopping() error { return notify(daemon.SdNotifyStopping) }

func notify(state string) error {
	_, err := daemon.SdNotify(false, state)
	return err
}

// Watch gives signs of life as often as the service manager wants them, while alive returns in time, until ctx ends.
func Watch(ctx context.Context, alive func(context.Context)) error {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return err
	}
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		alive(ctx)
		if err := notify(daemon.SdNotifyWatchdog); err != nil {
			return err
		}
	}
}

// ErrNoCredentials means that the service manager has handed no credentials over.
var ErrNoCredentials = errors.New("the service manager has handed no credentials over")

// Credential is the file of a credential (LoadCredential= of the unit).
func Credential(name string) (string, error) {
	folder := os.Getenv("CREDENTIALS_DIRECTORY")
	if folder == "" {
		return "", ErrNoCredentials
	}
	if name != filepath.Base(name) || name == "." || name == ".." {
		return "", fmt.Errorf("%q: %w", name, os.ErrNotExist)
	}
	return filepath.Join(folder, name), nil
}
