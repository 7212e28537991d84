// Command paint measures, on an X display, how long a window takes until it has painted: `paint first COMMAND…` from the
// start of a process to its first frame, `paint key TIMES` from a key that is pressed, as a keyboard would, to the character
// on the screen, in whichever field has the keyboard; `paint rested TIMES` of keys with three seconds between them. It prints
// milliseconds.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "paint:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: paint first COMMAND… | paint key TIMES | paint rested TIMES")
	}
	d, err := open()
	if err != nil {
		return err
	}
	defer d.conn.Close()
	if args[0] == "first" {
		took, err := first(d, args[1:])
		if err == nil {
			fmt.Println(took.Milliseconds())
		}
		return err
	}
	times, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	pause := 70 * time.Millisecond
	if args[0] == "rested" {
		pause = 3 * time.Second
	}
	took, err := keys(d, times, pause)
	if err == nil {
		slices.Sort(took)
		at := func(share float64) float64 {
			return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
		}
		fmt.Printf("%.1f %.1f\n", at(0.5), at(0.99))
	}
	return err
}

const patience = 20 * time.Second

// painted is how many colour values of a screen are neither black's nor white's once a window has painted.
const painted = 100_000

// first starts a command, waits for its first frame on a black screen, and ends it.
func first(d *display, command []string) (time.Duration, error) {
	cmd := exec.Command(command[0], command[1:]...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	for {
		if err := d.await(patience - time.Since(start)); err != nil {
			return 0, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
		}
		now := time.Now()
		pixels, err := d.pixels(d.whole())
		if err != nil {
			return 0, err
		}
		coloured := 0
		for _, b := range pixels {
			if b != 0 && b != 255 {
				coloured++
			}
		}
		if coloured > painted {
			err := cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait() // of a process that was told to end
			return now.Sub(start), err
		}
	}
}

// keys presses a letter and the key that takes it back in turns, with a pause before each, and measures each.
func keys(d *display, times int, pause time.Duration) ([]time.Duration, error) {
	where, err := d.field()
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	before, err := d.ink(where)
	for i := 0; err == nil && i < times; i++ {
		time.Sleep(pause + time.Duration(i*37%61)*time.Millisecond) // at no beat of the window's
		symbol := []uint32{letter, backSpace}[i%2]
		d.forget()
		start := time.Now()
		if err = d.press(symbol); err != nil {
			break
		}
		ink := before
		for ink == before {
			if err = d.await(patience); err != nil {
				return nil, err
			}
			now := time.Now()
			if ink, err = d.ink(where); err != nil {
				return nil, err
			}
			if ink != before {
				took = append(took, now.Sub(start))
			}
		}
		before = ink
	}
	return took, err
}
