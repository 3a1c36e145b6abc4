package run

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"winback/internal/fsys"
)

// Edit writes a file anew.
type Edit func(w io.Writer, r io.ReaderAt, size int64) error

// of is the edit of a file; nil where it is none of those named.
func (edit Edit) of(path string, names []string) Edit {
	if slices.Contains(names, path) {
		return edit
	}
	return nil
}

// Take makes a file of the folder from one that lies elsewhere: changed, or with a
// nil edit as it is, which must fit its digest.
func (f *Folder) Take(from string, file FileDigest, edit Edit) error {
	in, err := f.files.Open(from)
	if err != nil {
		return fail(StageRead, from, err)
	}
	defer in.Close()
	out, err := f.Create(file.Path)
	if err != nil {
		return err
	}
	if edit == nil {
		err = copyFile(out, in, from, file)
	} else {
		err = edit(out, in, file.Size)
	}
	if err != nil {
		out.Close()
		return fail(StageWrite, from, err)
	}
	return out.Close()
}

func copyFile(out io.Writer, in fsys.ReadFile, from string, want FileDigest) error {
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(out, sum), in)
	if err != nil {
		return err
	}
	if found := (FileDigest{want.Path, size, hex.EncodeToString(sum.Sum(nil))}); found.Size != want.Size || found.SHA256 != want.SHA256 {
		return damaged(from, want, found)
	}
	return nil
}
