package setup

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/telemetry"
)

// administerServer opens the backend of a server on this computer, beside the one that serves, as it may be at work. It serves
// nothing, and nothing goes on by itself. A server that has never run has nothing to administer.
func administerServer(ctx context.Context, path string) (app.Administration, func() error, error) {
	plan, err := Plan(path, nil)
	if err != nil {
		return app.Administration{}, nil, err
	}
	if _, err := os.Stat(plan.keys.database()); errors.Is(err, fs.ErrNotExist) {
		return app.Administration{}, nil, errors.New(words.Text("command.server.never_ran", words.Values{"folder": plan.keys.data}))
	}
	s := &Server{plan: plan, parts: commandParts, log: slog.New(slog.DiscardHandler)}
	s.watched = telemetry.New("", s.parts.Clock, nil)
	config, err := s.configure(ctx)
	if err == nil {
		if s.service, err = backend.New(config); err == nil {
			s.close = append(s.close, s.service.Close)
			err = s.service.Reload(ctx)
		}
	}
	if err != nil {
		return app.Administration{}, nil, errors.Join(err, s.Close())
	}
	services := administration{service: s.service}.services()
	services.Trail = trail{plan.keys}
	return services, s.Close, nil
}
