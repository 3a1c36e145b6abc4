package columns

import (
	"bytes"
	"context"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// rowGroupOf is a row group of one of several files.
type rowGroupOf struct{ file, group int }

const (
	sampledGroups = 24
	sampledIDs    = 3072 // of one row group
)

// SampleCustomers reads the customer ids of the first pages of row groups
// spread over the files, to find where partitions should end.
func SampleCustomers(ctx context.Context, fsy fsys.FS, files []File, memory int64) ([][]byte, error) {
	var tasks []rowGroupOf
	for f := range files {
		for g := range files[f].Footer.RowGroups {
			tasks = append(tasks, rowGroupOf{f, g})
		}
	}
	var sample [][]byte
	var c TextCursor
	for i := range min(sampledGroups, len(tasks)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := tasks[i*len(tasks)/min(sampledGroups, len(tasks))]
		f := &files[t.file]
		err := guard.Run(f.Path, func() (err error) {
			sample, err = appendSample(sample, &c, fsy, f, t.group, memory)
			return err
		})
		if err != nil {
			return nil, &data.InputError{Path: f.Path, Err: err}
		}
	}
	return sample, nil
}

func appendSample(sample [][]byte, c *TextCursor, fsy fsys.FS, f *File, group int, memory int64) ([][]byte, error) {
	col := f.Roles[data.Customer]
	if !col.IsLeaf || f.Footer.RowGroups[group].Rows == 0 {
		return sample, nil
	}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	c.Reset()
	if err := c.Open(f.RowGroup(handle, group, memory), col.Leaf, col.Name); err != nil {
		return nil, err
	}
	if err := c.Next(); err != nil {
		return nil, err
	}
	step := max(len(c.RowsAt)/sampledIDs, 1)
	for i := 0; i < len(c.RowsAt); i += step {
		if e := c.RowsAt[i]; e >= 0 && len(c.Entries.At(int(e))) > 0 {
			sample = append(sample, bytes.Clone(c.Entries.At(int(e))))
		}
	}
	return sample, nil
}
