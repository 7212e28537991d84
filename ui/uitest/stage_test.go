package uitest

import (
	"context"
	"testing"
)

func TestServicesCalledOnTheUIThreadAreNoticed(t *testing.T) {
	s := NewStage(&testing.T{})
	if _, err := s.Organisation(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !s.T.Failed() {
		t.Error("the guard let a call on the UI thread pass")
	}
}
