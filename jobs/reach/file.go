package reach

import (
	"bufio"
	"errors"
	"io"

	"winback/internal/fsys"
)

// durable is a file that is synced when it is closed.
type durable struct {
	*bufio.Writer
	file fsys.File
}

func create(files fsys.FS, path string) (io.WriteCloser, error) {
	file, err := files.Create(path)
	if err != nil {
		return nil, err
	}
	return durable{bufio.NewWriterSize(file, 1<<18), file}, nil
}

// Close writes what is left and makes the file durable.
func (d durable) Close() error {
	err := d.Flush()
	if err == nil {
		err = d.file.Sync()
	}
	return errors.Join(err, d.file.Close())
}
