// Package instance makes a second start of the program raise the window of the first. A lock says that there is a
// first one: the operating system lets go of it when the process ends, however it ends. The one message is carried by a
// Unix socket beside it, in a folder that only their owner may enter; on Windows, by a named pipe of the owner's session.
package instance

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrRunning means that another process has the name, and has taken the message to show itself.
var ErrRunning = errors.New("instance: it is open already")

// HungError means that another process has the name, and does not answer.
type HungError struct {
	Process int // its number; 0 where it can't be found out
	Cause   error
}

// Error names the cause.
func (e *HungError) Error() string {
	return fmt.Sprintf("instance: the other one does not answer: %v", e.Cause)
}

// Unwrap gives the cause.
func (e *HungError) Unwrap() error { return e.Cause }

const (
	message  = "raise\n"
	answer   = "raised\n"
	patience = 3 * time.Second // with a first one that is just starting, or hangs
	pause    = 20 * time.Millisecond
)

// Instance is the first of its name. Close gives the name back.
type Instance struct {
	lock     *flock.Flock
	listener net.Listener // nil where none could be made: nobody can raise it then
	raise    chan struct{}
	closed   chan struct{}
	shut     func() // closes closed, once
	done     sync.WaitGroup

	mu   sync.Mutex
	seen chan struct{} // closed when the window is seen next; nil before it is there, when nobody waits for it
}

// Folder is where instances of this person meet, made where it is missing; an error where there is none: without a
// profile nothing outlives the process, so there is nothing to share either.
func Folder() (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("instance: %w", err)
		}
	}
	dir = filepath.Join(dir, "sparekey")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("instance: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("instance: %w", err)
	}
	return dir, nil
}

// Claim takes a name in the folder. ErrRunning when another process has it: that one was told to show itself. A *HungError
// when another process has it, and does not answer. Any other error means that this can't be found out, as without locks
// on that disk.
func Claim(ctx context.Context, folder, name string) (*Instance, error) {
	path := filepath.Join(folder, short(name))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	for {
		first, err := lock.TryLock()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("instance: %w", err), lock.Close())
		}
		if first {
			return listen(lock, path), nil
		}
		err = tell(ctx, path)
		if err == nil {
			return nil, errors.Join(ErrRunning, lock.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(&HungError{Process: processAt(path), Cause: err}, lock.Close())
		case <-time.After(pause):
		}
	}
}

// processAt is the number of the process that has the name; 0 where it can't be read.
func processAt(path string) int {
	text, _ := os.ReadFile(path + ".pid")
	number, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return number
}

// short is the name as a file's: the path of a socket may have no more than some 100 bytes.
func short(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:6])
}

// listen waits for messages, and says which process does.
func listen(lock *flock.Flock, path string) *Instance {
	i := &Instance{lock: lock, raise: make(chan struct{}, 1), closed: make(chan struct{})}
	i.shut = sync.OnceFunc(func() { close(i.closed) })
	_ = os.WriteFile(path+".pid", []byte(strconv.Itoa(os.Getpid())), 0o600) // only to be named by it
	listener, err := carrier(path)
	if err != nil {
		return i
	}
	i.listener = listener
	i.done.Go(i.serve)
	return i
}

func (i *Instance) serve() {
	for {
		conn, err := i.listener.Accept()
		if err != nil {
			return
		}
		i.done.Go(func() { i.hear(conn) })
	}
}

// hear takes one message, and answers once the window was seen. Several that nobody looked after yet are one.
func (i *Instance) hear(conn net.Conn) {
	heard := make(chan struct{})
	defer close(heard)
	go func() {
		select {
		case <-heard:
		case <-i.closed: // who has said nothing by then is waited for no longer
		}
		_ = conn.Close()
	}()
	_ = conn.SetDeadline(time.Now().Add(patience)) // a socket has one
	if line, err := bufio.NewReaderSize(conn, 16).ReadSlice('\n'); err != nil || string(line) != message {
		return
	}
	i.mu.Lock()
	seen := i.seen
	i.mu.Unlock()
	select {
	case i.raise <- struct{}{}:
	default:
	}
	if seen != nil {
		select {
		case <-seen:
		case <-i.closed:
			return
		case <-time.After(patience):
			return
		}
	}
	_, _ = conn.Write([]byte(answer)) // who asked has gone, and needs no answer
}

// Raise gives a value whenever another start wants the window to be seen, those before the first look included.
func (i *Instance) Raise() <-chan struct{} { return i.raise }

// Seen says that the window is there, and was raised if that was wanted. From the first call on, whoever wants it to be seen
// waits for the next one; before, it is still to come, and they don't.
func (i *Instance) Seen() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.seen != nil {
		close(i.seen)
	}
	i.seen = make(chan struct{})
}

// Close gives the name back.
func (i *Instance) Close() error {
	var err error
	i.shut()
	if i.listener != nil {
		err = i.listener.Close()
	}
	i.done.Wait()
	return errors.Join(err, i.lock.Close())
}

// tell sends the message and waits until it was taken.
func tell(ctx context.Context, path string) error {
	conn, err := dial(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write([]byte(message)); err != nil {
		return err
	}
	got, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && got != answer {
		err = errors.New("another program answers")
	}
	return err
}
