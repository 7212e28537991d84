package setup

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// ListPeople implements app.People.
func (a administration) ListPeople(ctx context.Context) ([]app.DirectoryPerson, error) {
	if a.service == nil {
		return nil, errOnlyRead
	}
	return a.service.ListPeople(asOperator(ctx))
}

// AddPerson implements app.People.
func (a administration) AddPerson(ctx context.Context, p app.EnterPerson) (app.Person, error) {
	if a.service == nil {
		return app.Person{}, errOnlyRead
	}
	return a.service.AddPerson(asOperator(ctx), p)
}

// ImportPeople implements app.People.
func (a administration) ImportPeople(ctx context.Context, file app.PeopleFile) (app.PeopleEntered, error) {
	if a.service == nil {
		return app.PeopleEntered{}, errOnlyRead
	}
	return a.service.ImportPeople(asOperator(ctx), file)
}

// ChangePerson implements app.People.
func (a administration) ChangePerson(ctx context.Context, c app.ChangePerson) (app.PersonChanged, error) {
	if a.service == nil {
		return app.PersonChanged{}, errOnlyRead
	}
	return a.service.ChangePerson(asOperator(ctx), c)
}
