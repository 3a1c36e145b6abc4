//go:build unix

package source

import (
	"syscall"
	"testing"
)

// A pipe in a folder is passed over: to look into it would wait for ever.
func TestFindFiles_OpensNoPipes(t *testing.T) {
	tree(t, "shop/a.parquet", "shop/_work/notes.txt")
	for _, name := range []string{"shop/pipe", "shop/.pipe", "shop/_work/pipe"} {
		if err := syscall.Mkfifo(name, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	mustFind(t, "shop", "shop/a.parquet")
}
