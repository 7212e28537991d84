// Command labtour performs the tour in a window that is connected to a lab's server (testdata/labserver), as anybody's is: with its
// settings alone, over TLS. No package has it.
//
//	labtour FOLDER OUT [STORY…]
//
// FOLDER is the lab's, whose messages it reads as a person reads phone and mailbox; pictures and transcript go to OUT.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: labtour FOLDER OUT [STORY…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := visit(ctx, os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func visit(ctx context.Context, folder, out string, stories []string) error {
	if _, err := os.Stat(filepath.Join(folder, "ready")); err != nil {
		return fmt.Errorf("%s is no lab that serves: %w", folder, err)
	}
	set, err := setup.Sources{}.Load()
	if err != nil {
		return err
	}
	pictures := []string{"all"}
	if os.Getenv("PICTURES") == "none" {
		pictures = nil
	}
	lab := desktop.Lab{
		Tray: messages(filepath.Join(folder, "messages")), InDomain: os.Getenv("DIRECTORY") == "active-directory",
		Delivers: os.Getenv("DELIVERY") == "real",
	}
	return (&desktop.Desktop{Version: "lab", Log: os.Stderr, Exit: os.Exit}).TourServer(ctx, set, lab, desktop.Tour{
		Out: out, Stories: stories, Width: side("WIDTH", 1024), Height: side("HEIGHT", 700), Pictures: pictures,
	}, os.Stdout)
}

// side is a side of the window, in units.
func side(name string, usual float32) float32 {
	units, err := strconv.ParseFloat(os.Getenv(name), 32)
	if err != nil {
		return usual
	}
	return float32(units)
}

// messages is a lab's folder of messages, read as a tray.
type messages string

// Messages implements app.Tray.
func (m messages) Messages() []app.Message {
	names, err := filepath.Glob(filepath.Join(string(m), "*.json"))
	if err != nil {
		panic(err) // the pattern is good
	}
	var all []app.Message
	for _, name := range names { // in the order of their numbers
		var message app.Message
		data, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(data, &message)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		all = append(all, message)
	}
	return all
}

// Changed implements app.Tray. Who reads a folder looks again.
func (messages) Changed() <-chan struct{} { return nil }

// Type implements app.Tray.
func (messages) Type(context.Context, string, app.Secret) error {
	return errors.New("nothing is typed on a lab's telephones")
}
