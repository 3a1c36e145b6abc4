package run

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"winback/internal/fsys"
)

// errNoFile says that something of that name is no file, which would be lost.
var errNoFile = errors.New("is a device, a pipe or a folder; want the name of a file")

// WriteFile writes one file that appears whole or not at all, and replaces an
// older one of that name: written beside it, synced, renamed. In a store an object
// appears so by itself. What is there and no file, such as /dev/null, is refused.
func WriteFile(files fsys.FS, path string, write func(io.Writer) error) error {
	if objects := fsys.ObjectsAt(files, path); objects != nil {
		file, err := objects.Replace(path)
		if err != nil {
			return err
		}
		return fill(file, write)
	}
	if info, err := files.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "replace", Path: path, Err: errNoFile}
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
