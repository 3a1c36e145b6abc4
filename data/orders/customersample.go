package orders

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

// sampleCustomers reads the customer ids of the first pages of row groups
// spread over the files, to find where partitions should end.
func sampleCustomers(ctx context.Context, fsy fsys.FS, files []columnFile, memory int64) ([][]byte, error) {
	var tasks []rowGroupOf
	for f := range files {
		for g := range files[f].footer.RowGroups {
			tasks = append(tasks, rowGroupOf{f, g})
		}
	}
	var sample [][]byte
	var c textCursor
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

func appendSample(sample [][]byte, c *textCursor, fsy fsys.FS, f *columnFile, group int, memory int64) ([][]byte, error) {
	col := f.cols[data.Customer]
	if !col.isLeaf || f.footer.RowGroups[group].Rows == 0 {
		return sample, nil
	}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	c.reset()
	if err := c.open(f.rowGroup(handle, group, memory), col.leaf, col.name); err != nil {
		return nil, err
	}
	if err := c.next(); err != nil {
		return nil, err
	}
	step := max(len(c.rowsAt)/sampledIDs, 1)
	for i := 0; i < len(c.rowsAt); i += step {
		if e := c.rowsAt[i]; e >= 0 && len(c.entries.at(int(e))) > 0 {
			sample = append(sample, bytes.Clone(c.entries.at(int(e))))
		}
	}
	return sample, nil
}
