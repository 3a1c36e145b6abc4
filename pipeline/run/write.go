package run

import (
	"fmt"
	"io"
	"iter"
	"math"

	"winback/data"
	"winback/data/tables"
)

// Create makes a file at a path within the run, with slashes.
type Create func(path string) (io.WriteCloser, error)

// Write makes one file, which is closed once; the first error counts.
func (create Create) Write(path string, fill func(io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}

// WriteJSON makes one JSON file.
func (create Create) WriteJSON(path string, content any) error {
	return create.Write(path, func(w io.Writer) error { return WriteJSON(w, content) })
}

// WriteGroups makes the table of the groups, in order of priority.
func (create Create) WriteGroups(rows []tables.GroupRow) error {
	return create.Write(GroupsFile, func(w io.Writer) error { return tables.WriteGroups(w, rows) })
}

// WriteContacts makes the files of a group's recall list, in rank order; at
// least one, if without rows.
func (create Create) WriteContacts(group int, rows iter.Seq2[tables.ContactRow, error], money data.MoneyType) error {
	return create.writeParts(func(n int) string { return partFile(group, n) }, rows, contactsPerFile, money)
}

// WriteHoldout makes the list of who is left alone, in rank order.
func (create Create) WriteHoldout(rows iter.Seq2[tables.ContactRow, error], money data.MoneyType) error {
	return create.writeParts(func(int) string { return HoldoutFile }, rows, math.MaxInt, money)
}

// writeParts makes one file after the other, perFile rows each. The first error of the
// rows ends it.
func (create Create) writeParts(name func(n int) string, rows iter.Seq2[tables.ContactRow, error], perFile int, money data.MoneyType) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	one := make([]tables.ContactRow, 1)
	row, err, more := next()
	part := func(w io.Writer) error {
		list := tables.NewContactsWriter(w, money)
		for n := 0; more && n < perFile; n++ {
			if err != nil {
				return err
			}
			one[0] = row
			if err := list.Write(one); err != nil {
				return err
			}
			row, err, more = next()
		}
		return list.Close()
	}
	for n := 0; n == 0 || more; n++ {
		if err := create.Write(name(n), part); err != nil {
			return err
		}
	}
	return nil
}
