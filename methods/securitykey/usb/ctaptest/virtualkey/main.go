// Virtualkey runs a program beside security keys in software, which an order on a socket plugs in, takes out or touches:
//
//	scripts/virtualusb build/virtualkey SOCKET PROGRAM ARGUMENT…
//
// An order is a line "plug 0", "unplug 0", "wait 0" (from now on it waits for a touch), "touch 0", "grant 0" (from now
// on it is touched by itself), "store 0" (three sign-ins onto it, one of them at a site with a long name) or "terse 0" (in
// its place lies a new one, which says as little of itself as it may); the number says which key. The answer is a line: "ok",
// or what went wrong. It is for the tour, which handles keys as a person does.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// patience is how long a touch waits for a key that wants one.
const patience = 10 * time.Second

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "virtualkey: SOCKET PROGRAM ARGUMENT…")
		os.Exit(2)
	}
	err := run(os.Args[1], os.Args[2:])
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(max(1, exit.ExitCode()))
	case err != nil:
		fmt.Fprintln(os.Stderr, "virtualkey:", err)
		os.Exit(1)
	}
}

// run serves the keys at a socket for as long as the program runs.
func run(socket string, program []string) error {
	bus, err := ctaptest.OpenBus()
	if err != nil {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer listener.Close() // takes the socket away
	d := &drawer{bus: bus, keys: []*key{
		newKey(0, ctaptest.Options{Manufacturer: "Harbour", Name: "Sample Key"}),
		newKey(1, ctaptest.Options{Manufacturer: "Harbour", Name: "Spare Key"}),
		newKey(2, ctaptest.Options{Manufacturer: "Harbour", Name: "Finger Key", Firmware: 0x050403, Sensor: true}),
	}}
	go d.serve(listener)
	child := exec.Command(program[0], program[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	return child.Run()
}

// drawer is where the keys lie. One order is carried out at a time.
type drawer struct {
	bus  *ctaptest.Bus
	keys []*key
}

// key is a key and where it is plugged in.
type key struct {
	*ctaptest.Key
	made   ctaptest.Options
	port   int
	socket *ctaptest.Socket // nil while it lies in the drawer
	touch  chan struct{}
}

func newKey(port int, o ctaptest.Options) *key {
	return &key{Key: ctaptest.New(o), made: o, port: port, touch: make(chan struct{})}
}

func (d *drawer) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		lines := bufio.NewScanner(conn)
		for lines.Scan() {
			answer := "ok"
			if err := d.order(lines.Text()); err != nil {
				answer = err.Error()
			}
			fmt.Fprintln(conn, answer)
		}
		_ = conn.Close()
	}
}

// order carries an order out.
func (d *drawer) order(line string) error {
	verb, which, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(which)
	if err != nil || n < 0 || n >= len(d.keys) {
		return fmt.Errorf("there is no key %q", which)
	}
	k := d.keys[n]
	switch verb {
	case "plug":
		k.socket, err = d.bus.Plug(k.Key, k.port)
		return err
	case "unplug":
		return k.unplug()
	case "wait":
		k.Touch(reached(ctaptest.Slow(nil, k.touch)))
		k.Finger(reached(ctaptest.Slow(nil, k.touch)))
	case "grant":
		k.Touch(ctaptest.Granting)
		k.Finger(ctaptest.Granting)
	case "store":
		return errors.Join(
			k.Store("mail.example", "ana@harbour.example", "Ana Lopes"), k.Store("harbour.example", "ana", "Ana Lopes"),
			k.Store("accounts.customers.of.the.old.harbour.example", "ana", "Ana Lopes"))
	case "terse":
		return d.replace(n, ctaptest.TerseManners())
	case "touch":
		return k.touched()
	default:
		return fmt.Errorf("no order: %q", verb)
	}
	return nil
}

// replace lays a new key of other manners into the drawer in place of one.
func (d *drawer) replace(n int, m ctaptest.Manners) error {
	k := d.keys[n]
	if k.socket != nil {
		return errors.New("it is plugged in")
	}
	k.made.Manners = m
	d.keys[n] = newKey(k.port, k.made)
	return nil
}

func (k *key) unplug() error {
	if k.socket == nil {
		return errors.New("it is not plugged in")
	}
	err := k.socket.Unplug()
	k.socket.Wait()
	k.socket = nil
	return err
}

// reach is how long a hand takes to the key. What answers much sooner is not taken for a touch.
const reach = 200 * time.Millisecond

// reached is a touch by a hand that has to get there.
func reached(touch ctaptest.Gate) ctaptest.Gate {
	return func(ctx context.Context) ctaptest.Outcome {
		outcome := touch(ctx)
		select {
		case <-time.After(reach):
			return outcome
		case <-ctx.Done():
			return ctaptest.TimedOut
		}
	}
}

// touched touches the key once it waits for that.
func (k *key) touched() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case k.touch <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errors.New("it does not wait for a touch")
	}
}
