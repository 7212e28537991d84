package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/sparekey/sparekey/app"
)

// messages delivers into a folder, a file for each message, and tells of it.
type messages struct {
	folder string
	told   io.Writer

	mu   sync.Mutex
	seen map[string]bool
}

// Deliver implements port.Deliverer. What was delivered already stays as it is.
func (m *messages) Deliver(_ context.Context, message app.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen[message.ID] {
		return nil
	}
	data, err := json.MarshalIndent(message, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(m.folder, fmt.Sprintf("%06d.json", len(m.seen)+1))
	if err := os.WriteFile(name+".part", append(data, '\n'), 0o600); err != nil {
		return err
	}
	said := string(message.Template)
	if message.Code != "" {
		said = "code " + message.Code
	}
	fmt.Fprintf(m.told, "%s to %s: %s\n", message.Channel, message.To, said)
	m.seen[message.ID] = true
	return os.Rename(name+".part", name) // who looks finds whole files only
}
