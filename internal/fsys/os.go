package fsys

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"
)

// Modes of what is written, whatever the umask of the process is, and the mask
// that takes them from 0666 and 0777.
const (
	FileMode   fs.FileMode = 0o640
	FolderMode fs.FileMode = 0o750
	UsualMask  fs.FileMode = 0o027
)

// OS returns the file system of the machine. Files get mode 0640 and folders
// 0750 whatever the umask of the process is.
func OS() FS { return Masked(UsualMask) }

// Masked is OS with other modes: files get 0666 and folders 0777 without the
// bits of the mask, whatever the umask of the process is.
func Masked(mask fs.FileMode) FS { return osFS{0o666 &^ mask, 0o777 &^ mask} }

type osFS struct{ file, folder fs.FileMode }

func (o osFS) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, o.file)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(o.file); err != nil {
		f.Close()
		os.Remove(path)
		return nil, err
	}
	return f, nil
}

func (osFS) Open(path string) (ReadFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// MkdirAll leaves folders that are already there as they are.
func (o osFS) MkdirAll(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if parent := filepath.Dir(path); parent != path {
		if err := o.MkdirAll(parent); err != nil {
			return err
		}
	}
	return o.mkdir(path)
}

// mkdir makes one folder; another process that made it first is no error.
func (o osFS) mkdir(path string) error {
	err := os.Mkdir(path, o.folder)
	if errors.Is(err, fs.ErrExist) {
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			return nil
		}
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	// A folder shared by a group passes its set-group-id bit on; keep it.
	return os.Chmod(path, o.folder|info.Mode()&fs.ModeSetgid)
}

func (osFS) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
func (osFS) Stat(path string) (fs.FileInfo, error)      { return os.Stat(path) }
func (osFS) Rename(from, to string) error               { return os.Rename(from, to) }
func (osFS) Remove(path string) error                   { return os.Remove(path) }
func (osFS) RemoveAll(path string) error                { return os.RemoveAll(path) }
func (osFS) Symlink(target, link string) error          { return os.Symlink(target, link) }
func (osFS) Readlink(link string) (string, error)       { return os.Readlink(link) }

func (osFS) SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // some network file systems have no sync for folders
	}
	if closeErr := dir.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Lock creates the lock file itself, so that the mode does not hang on the
// umask. The file stays when the lock ends: removing it would let two
// processes hold locks on two files of one name. Who holds it stands in it, for
// the error of those who come second.
func (o osFS) Lock(path string) (io.Closer, error) {
	f, err := o.Create(path)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	lock := flock.New(path, flock.SetPermissions(o.file))
	locked, err := lock.TryLock()
	if err != nil {
		var named *fs.PathError
		if !errors.As(err, &named) {
			err = &fs.PathError{Op: "lock", Path: path, Err: err}
		}
		return nil, err
	}
	if !locked {
		return nil, &fs.PathError{Op: "lock", Path: path, Err: heldBy(path)}
	}
	nameHolder(path)
	return lock, nil
}
