package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"winback/data/guard"
)

// Columns gives the columns of a file the names that its table has for them now.
// Those that the table has dropped count as nested under no name, so that no
// role finds them.
func (f *File) Columns(columns []guard.Column) ([]guard.Column, error) {
	if f.Fields == nil {
		return columns, nil
	}
	hasIDs := slices.ContainsFunc(columns, func(c guard.Column) bool { return c.FieldID > 0 })
	if !hasIDs && f.Fields.Moved != "" {
		return nil, fmt.Errorf("its columns have no field ids, and the table has given the name %q anew: which column is which cannot be known; have its engine rewrite the file", f.Fields.Moved)
	}
	if !hasIDs {
		return columns, nil
	}
	named := slices.Clone(columns)
	for i := range named {
		c := &named[i]
		if !c.Flat() {
			continue
		}
		if name := f.Fields.Names[c.FieldID]; name != "" {
			c.Name, c.Path = name, []string{name}
		} else {
			c.Name, c.Path = "", []string{"", ""}
		}
	}
	return named, nil
}

// FieldsKey digests the names that a table gives its columns; "" where they have
// those of the file.
func (f *File) FieldsKey() string {
	if f.Fields == nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", f.Fields.Names)) // by id
	return hex.EncodeToString(sum[:])
}
