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
// older one of that name: written beside it, synced, renamed.
func WriteFile(files fsys.FS, path string, write func(io.Writer) error) error {
	unfinished := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".unfinished")
	err := writeBeside(files, unfinished, path, write)
	var failed *fs.PathError
	if errors.As(err, &failed) && failed.Path == unfinished {
		failed.Path = path // the name that people know
	}
	return err
}

func writeBeside(files fsys.FS, unfinished, path string, write func(io.Writer) error) error {
	if err := files.RemoveAll(unfinished); err != nil {
		return err
	}
	file, err := files.Create(unfinished)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<18)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = files.Rename(unfinished, path)
	}
	if err != nil {
		return errors.Join(err, files.RemoveAll(unfinished))
	}
	return files.SyncDir(filepath.Dir(path))
}
