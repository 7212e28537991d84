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

// administerServer administers a server on this computer.
func administerServer(ctx context.Context, path string) (app.Administration, func() error, error) {
	s, err := openBeside(ctx, path)
	if err != nil {
		return app.Administration{}, nil, err
	}
	services := administration{service: s.service}.services()
	services.Trail = trail{s.plan.keys}
	return services, s.Close, nil
}

// openBeside opens the backend of a server on this computer, beside the one that serves, as it may be at work. It serves nothing, and
// nothing goes on by itself. A server that has never run has nothing to administer.
func openBeside(ctx context.Context, path string) (*Server, error) {
	plan, err := PlanBeside(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(plan.keys.database()); errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New(words.Text("command.server.never_ran", words.Values{"folder": plan.keys.data}))
	}
	if err := plan.keys.readAll(); err != nil {
		return nil, plan.keys.explain(err)
	}
	if err := plan.keepPasswords(); err != nil {
		return nil, err
	}
	if err := becomeOwner(plan.keys.data); err != nil {
		return nil, err
	}
	return begin(ctx, plan)
}

// begin opens the backend of a server, with a store that is made where there is none.
func begin(ctx context.Context, plan *ServerPlan) (*Server, error) {
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
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// IssueFirstCode makes the one code by which an administrator of the server's directory may begin; its errors are those of
// app.FirstAdministrators.
func IssueFirstCode(ctx context.Context, path, userID string) (made app.Pass, err error) {
	s, err := openBeside(ctx, path)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.service.IssueFirstCode(asOperator(ctx), userID, Operator())
}
