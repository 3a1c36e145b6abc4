//go:build unix

package guard

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// Decoders in assembly may read beyond their input, and hit a page that is not there.
func TestRun_CatchesMemoryThatCannotBeAccessed(t *testing.T) {
	page, err := syscall.Mmap(-1, 0, syscall.Getpagesize(), syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	defer syscall.Munmap(page)
	err = Run("orders.parquet", func() error { return fmt.Errorf("read %d", page[7]) })
	if err == nil || !strings.HasPrefix(err.Error(), "orders.parquet: the file is damaged, decoding it failed") {
		t.Errorf("got %v", err)
	}
}
