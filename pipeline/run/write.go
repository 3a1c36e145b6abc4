package run

import (
	"fmt"
	"io"
	"iter"

	"winback/data"
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
func (create Create) WriteGroups(rows []data.GroupRow) error {
	return create.Write(GroupsFile, func(w io.Writer) error { return data.WriteGroups(w, rows) })
}

// WriteContacts makes the files of a group's recall list, in rank order; at
// least one, if without rows.
func (create Create) WriteContacts(group int, rows iter.Seq[data.ContactRow]) error {
	return create.writeParts(group, rows, contactsPerFile)
}

// WriteHoldout makes the list of who is left alone, in rank order.
func (create Create) WriteHoldout(rows iter.Seq[data.ContactRow]) error {
	return create.Write(HoldoutFile, func(w io.Writer) error {
		list := data.NewContactsWriter(w)
		for row := range rows {
			if err := list.Write([]data.ContactRow{row}); err != nil {
				return err
			}
		}
		return list.Close()
	})
}

func (create Create) writeParts(group int, rows iter.Seq[data.ContactRow], perFile int) error {
	next, stop := iter.Pull(rows)
	defer stop()
	row, more := next()
	part := func(w io.Writer) error {
		list := data.NewContactsWriter(w)
		for n := 0; more && n < perFile; n++ {
			if err := list.Write([]data.ContactRow{row}); err != nil {
				return err
			}
			row, more = next()
		}
		return list.Close()
	}
	for n := 0; n == 0 || more; n++ {
		if err := create.Write(partFile(group, n), part); err != nil {
			return err
		}
	}
	return nil
}
