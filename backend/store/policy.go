package store

import (
	"errors"

	"github.com/sparekey/sparekey/backend/port"
)

const selectPolicy = `SELECT number, at, applied_by, source, comment, document, hash FROM policy `

// NewestPolicy implements port.PolicyTx.
func (t *transaction) NewestPolicy() (port.PolicyVersion, error) {
	return t.readPolicy(t.row(selectPolicy + `ORDER BY number DESC LIMIT 1`))
}

// Policy implements port.PolicyTx.
func (t *transaction) Policy(number int) (port.PolicyVersion, error) {
	return t.readPolicy(t.row(selectPolicy+`WHERE number = ?`, number))
}

// Policies implements port.PolicyTx.
func (t *transaction) Policies() ([]port.PolicyVersion, error) {
	return list(t, "list the policy's versions", t.readPolicy, selectPolicy+`ORDER BY number DESC`)
}

// AddPolicy implements port.PolicyTx.
func (t *transaction) AddPolicy(v port.PolicyVersion) error {
	return t.exec("add a version of the policy", `INSERT INTO policy (number, at, applied_by, source, comment, document, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, v.Number, micros(v.At), v.By, v.Source, v.Comment, v.Document, v.Hash)
}

func (t *transaction) readPolicy(row scanner) (port.PolicyVersion, error) {
	var v port.PolicyVersion
	err := t.scan("read the policy", row, &v.Number, moment{&v.At}, &v.By, &v.Source, &v.Comment, &v.Document, &v.Hash)
	if err != nil {
		return port.PolicyVersion{}, err
	}
	return v, nil
}

// policyFile is the name in the table meta under which the path is kept.
const policyFile = "policy_file"

// PolicyFile implements port.PolicyTx.
func (t *transaction) PolicyFile() (string, error) {
	var path []byte
	err := t.scan("read the policy's file", t.row(`SELECT value FROM meta WHERE name = ?`, policyFile), &path)
	if errors.Is(err, port.ErrNotFound) {
		return "", nil
	}
	return string(path), err
}

// SetPolicyFile implements port.PolicyTx.
func (t *transaction) SetPolicyFile(path string) error {
	return t.exec("note the policy's file", `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, policyFile, []byte(path))
}
