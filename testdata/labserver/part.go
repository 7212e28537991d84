package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// part is a program of the organisation at work.
type part struct {
	name    string
	process *exec.Cmd
	ended   chan error
	log     string
}

// start starts it, with what it says in a file. Ctrl-C is for the server, which is ended before it.
func (p *part) start(name string, process *exec.Cmd, log string) error {
	said, err := os.Create(log)
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }()
	p.name, p.process, p.ended, p.log = name, process, make(chan error, 1), log
	process.Stdout, process.Stderr = said, said
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := process.Start(); err != nil {
		return err
	}
	go func() { p.ended <- process.Wait() }()
	return nil
}

// await waits until it answers. Where it does not, the error has what it said: its folder is gone with the lab.
func (p *part) await(answers func() error) error {
	for deadline := time.Now().Add(time.Minute); ; {
		err := answers()
		if err == nil {
			return nil
		}
		select {
		case end := <-p.ended:
			p.ended <- end
			err = fmt.Errorf("it ended: %w", errors.Join(end, err))
		case <-time.After(20 * time.Millisecond):
			if time.Now().Before(deadline) {
				continue
			}
		}
		said, _ := os.ReadFile(p.log)
		return errors.Join(fmt.Errorf("%s: %w\n%s", p.name, err, said), p.stop(nil))
	}
}

// stop has it end: by a call, or by a signal where that is nil.
func (p *part) stop(ask func() error) error {
	if ask == nil {
		ask = func() error { return p.process.Process.Signal(syscall.SIGTERM) }
	}
	_ = ask() // it may have ended by itself
	select {
	case end := <-p.ended:
		p.ended <- end
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New(p.name+" did not end"), syscall.Kill(-p.process.Process.Pid, syscall.SIGKILL))
	}
}
