package run

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"winback/internal/fsys"
)

// WriteFile writes one file that appears whole or not at all, and replaces an
// older one of that name: written beside it, synced, renamed. In a store an object
// appears so by itself.
func WriteFile(files fsys.FS, path string, write func(io.Writer) error) error {
	if objects := fsys.ObjectsAt(files, path); objects != nil {
		file, err := objects.Replace(path)
		if err != nil {
			return err
		}
		return fill(file, write)
	}
	unfinished := fsys.Join(fsys.Dir(path), "."+filepath.Base(path)+".unfinished")
	err := writeBeside(files, unfinished, path, write)
	var failed *fs.PathError
	if errors.As(err, &failed) && failed.Path == unfinished {
		failed.Path = path // the name that people know
	}
	return err
}

// fill writes a file, makes it durable and closes it.
func fill(file fsys.File, write func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(file, 1<<18)
	err := write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func writeBeside(files fsys.FS, unfinished, path string, write func(io.Writer) error) error {
	if err := files.RemoveAll(unfinished); err != nil {
		return err
	}
	file, err := files.Create(unfinished)
	if err != nil {
		return err
	}
	err = fill(file, write)
	if err == nil {
		err = files.Rename(unfinished, path)
	}
	if err != nil {
		return errors.Join(err, files.RemoveAll(unfinished))
	}
	return files.SyncDir(fsys.Dir(path))
}
