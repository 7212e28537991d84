package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
)

// ErrNoRows says that a query found nothing.
var ErrNoRows = sql.ErrNoRows

// valuesOf are arguments as the driver takes them, good until the statement is given others.
func (s *stmt) valuesOf(args []any) ([]driver.NamedValue, error) {
	s.args = slices.Grow(s.args[:0], len(args))
	for i, arg := range args {
		value := arg
		switch v := arg.(type) {
		case nil, int64, string, []byte:
		case int:
			value = int64(v)
		default:
			var err error
			if value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return nil, fmt.Errorf("argument %d: %w", i+1, err)
			}
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return s.args, nil
}

// scan copies values, which the driver does not use again.
func scan(into []any, values []driver.Value) error {
	if len(into) != len(values) {
		return fmt.Errorf("%d values for %d places", len(values), len(into))
	}
	for i, value := range values {
		if err := assign(into[i], value); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(place any, value driver.Value) error {
	switch p := place.(type) {
	case sql.Scanner:
		return p.Scan(value)
	case *[]byte:
		switch v := value.(type) {
		case nil:
			*p = nil
			return nil
		case []byte:
			*p = v
			return nil
		case string:
			*p = []byte(v)
			return nil
		}
	case *int64:
		if v, is := value.(int64); is {
			*p = v
			return nil
		}
	}
	return assignKind(reflect.ValueOf(place).Elem(), value)
}

// assignKind copies into a place of a type that is a string, a number or a truth.
func assignKind(place reflect.Value, value driver.Value) error {
	switch v := value.(type) {
	case string:
		if place.Kind() == reflect.String {
			place.SetString(v)
			return nil
		}
	case int64:
		switch {
		case place.CanInt() && !place.OverflowInt(v):
			place.SetInt(v)
			return nil
		case place.Kind() == reflect.Bool && v>>1 == 0:
			place.SetBool(v == 1)
			return nil
		}
	}
	return fmt.Errorf("a %T is not for a %s", value, place.Type())
}
