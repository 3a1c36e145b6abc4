package fsystest

import "syscall"

// FullDisk is a file on a disk with room for so many bytes: the write that needs more
// writes nothing and fails with ENOSPC, as do all after it.
type FullDisk struct{ Room int }

// Write takes the bytes, or none of them.
func (d *FullDisk) Write(b []byte) (int, error) {
	if d.Room -= len(b); d.Room < 0 {
		return 0, syscall.ENOSPC
	}
	return len(b), nil
}

// Close closes it.
func (d *FullDisk) Close() error { return nil }
