package orders

import (
	"errors"
	"io/fs"
	"path/filepath"

	"winback/data/source"
	"winback/internal/fsys"
)

// DropStore removes all lines that the store in a folder keeps; the next night reads
// all order files anew. dropped says whether there were any. The lines of single
// customers cannot be removed: blocks hold those of many. The error wraps
// fsys.ErrLocked where a run uses the store.
func DropStore(files fsys.FS, folder string) (dropped bool, err error) {
	entries, err := files.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, &StoreError{folder, err}
	}
	for _, e := range entries {
		name := e.Name()
		dropped = dropped || name == source.StoreManifestName || name == newStoreManifest || isNumbered(name, segmentPrefix) || isNumbered(name, namesPrefix)
	}
	if !dropped {
		return false, nil
	}
	lock, err := files.Lock(filepath.Join(folder, storeLockName))
	if err != nil {
		return false, err
	}
	err = sweepStore(files, folder, nil)
	if err == nil {
		err = files.SyncDir(folder)
	}
	if err != nil {
		err = &StoreError{folder, err}
	}
	return true, errors.Join(err, lock.Close())
}
