// Command trialserver serves the sample organisation over TLS on this computer's own address, so that `make bench` can
// measure a window that is connected to a server. It says where in FOLDER/address, and keeps the certificate to trust in
// FOLDER/ca.pem.
package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/sparekey/sparekey/command/setup"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: trialserver FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve serves until ctx ends.
func serve(ctx context.Context, folder string) error {
	opened, err := setup.StartTrial(ctx, setup.TrialConfig{Folders: setup.FoldersAt(filepath.Join(folder, "trial"))})
	if err != nil {
		return err
	}
	server := httptest.NewTLSServer(opened.Handler)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	err = os.WriteFile(filepath.Join(folder, "ca.pem"), certificate, 0o600)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "address"), []byte(server.URL), 0o600) // last: who waits waits for it
	}
	if err == nil {
		<-ctx.Done()
	}
	server.Close()
	return errors.Join(err, opened.Close())
}
