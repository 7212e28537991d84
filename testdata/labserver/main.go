// Command labserver is the server of a lab: the organisation's server, by the code of "sparekey serve", with the sample
// organisation's people, in a folder that it makes itself. `make lab` runs it in namespaces of its own; no package has it.
//
//	labserver FOLDER
//
// Its directory is the server's own, or, where DIRECTORY is "active-directory", a domain controller of this computer (Samba).
// FOLDER/ca.pem is the authority that programs have to trust, and FOLDER/messages has a file for each message. Where DELIVERY is
// "real", these leave the server by a mail server (Postfix), a message centre (SMPP) and telephones (baresip) of this computer, and the
// files have what arrived there; otherwise the server writes them itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sparekey/sparekey/command/setup"
)

// host is the server's name; the lab's own /etc/hosts leads it to this computer.
const host = "reset.harbour.example"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: labserver FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve makes the folder, and serves until ctx ends.
func serve(ctx context.Context, folder string) (err error) {
	if folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil { // never one that is there: it would be somebody's server
		return err
	}
	var house *domain
	if inDomain() {
		if house, err = startDomain(folder); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, house.end()) }()
	plan, err := furnish(folder)
	if err != nil {
		return err
	}
	if err := setup.SettleSamplePeople(ctx, plan, setup.ServerParts{}); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(folder, "server.log"))
	if err != nil {
		return err
	}
	post := &messages{folder: filepath.Join(folder, "messages"), told: os.Stdout, seen: map[string]bool{}}
	parts := setup.ServerParts{Version: "lab", Err: log, Ready: func(string, string) { ready(folder) }}
	if delivers() {
		carried, err := startDelivery(folder, post)
		if err != nil {
			return errors.Join(err, log.Close())
		}
		defer func() { err = errors.Join(err, carried.end()) }()
	} else {
		parts.Deliverer = post
	}
	s, err := setup.OpenServer(ctx, plan, parts)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	return errors.Join(s.Serve(ctx, nil), s.Close(), log.Close())
}

// ready tells who uses the lab, and makes the file for which others wait.
func ready(folder string) {
	fmt.Printf("https://%s serves Harbour Hospital. Its people, whose passwords everybody knows:\n", host)
	people := setup.SamplePeople()
	if inDomain() {
		people = setup.SampleDirectoryPeople()
		fmt.Printf("(They are in a domain of Active Directory; %s, %s, administers it.)\n", keeper, keeperPassword)
	}
	for _, p := range people {
		fmt.Printf("  %-12s %-32s %s\n", p.State, p.UserID, p.Password)
	}
	if delivers() {
		fmt.Printf("Mails and texts arrive here whoever they are for, and telephones pick up at %s.\n", strings.Join(numbers(), ", "))
	}
	if err := os.WriteFile(filepath.Join(folder, "ready"), nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// settings are the server's; ADDRESS is where it listens.
const settings = `base_url = "https://` + host + `"
[listen]
address = "ADDRESS"
certificate = "cert.pem"
key = "key.pem"
[admin]
address = "unix:FOLDER/admin.sock"
[data]
folder = "data"
[keys]
master = "keys/master"
audit = "keys/audit"
heads = "heads.jsonl"
[policy]
file = "policy.toml"
`

// ownDirectory are its settings where the directory is its own.
const ownDirectory = `[directory]
domain = "harbour.example"
`

// inDomain reports whether the directory is a domain controller.
func inDomain() bool { return os.Getenv("DIRECTORY") == "active-directory" }

// furnish writes what a server needs, and reads it as a server does.
func furnish(folder string) (*setup.ServerPlan, error) {
	address := os.Getenv("LAB_ADDRESS")
	if address == "" {
		address = "127.0.0.1:443"
	}
	if err := certify(folder, host, relayHost, centreHost, exchangeHost); err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(folder, "messages"), 0o700); err != nil {
		return nil, err
	}
	directory := ownDirectory
	if inDomain() {
		directory = directorySettings
	}
	if delivers() {
		directory += deliverySettings
		if err := keepSecrets(folder); err != nil {
			return nil, err
		}
	}
	document := strings.NewReplacer("ADDRESS", address, "FOLDER", folder).Replace(settings + directory)
	path := filepath.Join(folder, "server.toml")
	if err := errors.Join(
		os.WriteFile(filepath.Join(folder, "policy.toml"), setup.SamplePolicy(), 0o600),
		os.WriteFile(path, []byte(document), 0o600),
	); err != nil {
		return nil, err
	}
	return setup.Plan(path, nil)
}
