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
	next, stop := iter.Pull2(batched(rows))
	defer stop()
	batch, err, more := next()
	part := func(w io.Writer) error {
		list := tables.NewContactsWriter(w, money)
		for left := perFile; more && left > 0; {
			if err != nil {
				return err
			}
			n := min(left, len(batch))
			if err := list.Write(batch[:n]); err != nil {
				return err
			}
			left -= n
			if batch = batch[n:]; len(batch) == 0 {
				batch, err, more = next()
			}
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

// batched yields several rows at a time, valid until the next: to change between who
// makes rows and who takes them costs as much as a row.
func batched(rows iter.Seq2[tables.ContactRow, error]) iter.Seq2[[]tables.ContactRow, error] {
	return func(yield func([]tables.ContactRow, error) bool) {
		batch := make([]tables.ContactRow, 0, tables.WriteBatch)
		for row, err := range rows {
			if err != nil {
				if len(batch) == 0 || yield(batch, nil) {
					yield(nil, err)
				}
				return
			}
			if batch = append(batch, row); len(batch) < cap(batch) {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch = batch[:0]
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
