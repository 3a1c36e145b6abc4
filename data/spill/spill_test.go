package spill

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	"winback/internal/fsys/fsystest"
)

// stretches writes and reads some, and closes.
func stretches(f *File, n int) error {
	for i := range n {
		want := bytes.Repeat([]byte{byte(i)}, 1+i*997%5000)
		e, err := f.Write(want[:len(want)/2], want[len(want)/2:])
		if err != nil {
			return err
		}
		got, err := f.Read(e, nil)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("stretch %d came back as other bytes", i)
		}
	}
	return f.Close()
}

func TestFile_GivesBackWhatSeveralWrite(t *testing.T) {
	f := New(fsystest.NewMem(), "/out", "lists")
	var wait sync.WaitGroup
	for k := range 4 {
		wait.Go(func() {
			for i := range 50 {
				want := []byte(strings.Repeat(fmt.Sprint(k, i), i))
				e, err := f.Write(want)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := f.Read(e, make([]byte, 10)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	wait.Wait()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestFile_LeavesNothingBehind(t *testing.T) {
	files := fsystest.NewMem()
	if err := stretches(New(files, "/out", "lists"), 20); err != nil {
		t.Fatal(err)
	}
	if entries, err := files.ReadDir("/out"); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
	if err := New(files, "/other", "lists").Close(); err != nil {
		t.Error(err)
	}
	if _, err := files.Stat("/other"); err == nil {
		t.Error("a file that nothing was written to made its folder")
	}
}

func TestFile_FullDiskNamesTheFile(t *testing.T) {
	counting := fsystest.NewFaulty(fsystest.NewMem(), fsystest.Fault{})
	if err := stretches(New(counting, "/out", "lists"), 3); err != nil {
		t.Fatal(err)
	}
	for at, op := range counting.Ops() {
		err := stretches(New(fsystest.NewFaulty(fsystest.NewMem(), fsystest.Fault{At: at + 1, Err: syscall.ENOSPC}), "/out", "lists"), 3)
		var failed *Error
		switch {
		case err == nil && op.Name == "remove": // the file keeps its name until it is closed
		case !errors.As(err, &failed) || failed.ExitCode() != 7 || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "keep lists on disk in /out"):
			t.Errorf("fault at %v: %v", op, err)
		case strings.HasPrefix(op.Name, "write") && !strings.Contains(err.Error(), ".winback-spill-0"):
			t.Errorf("fault at %v: %v, want the name of the file", op, err)
		}
	}
}

func TestBody_RefusesAnyChangedByte(t *testing.T) {
	var b bytes.Buffer
	if size, err := WriteTo(&b, []byte("some"), nil, []byte("bytes")); err != nil || size != int64(b.Len()) {
		t.Fatal(size, err)
	}
	if body, err := Body(b.Bytes()); err != nil || string(body) != "somebytes" {
		t.Fatalf("%q, %v", body, err)
	}
	for i := range b.Bytes() {
		changed := bytes.Clone(b.Bytes())
		changed[i] ^= 1
		if _, err := Body(changed); !errors.Is(err, ErrChanged) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := Body(changed[:i]); !errors.Is(err, ErrChanged) {
			t.Errorf("cut at byte %d: %v", i, err)
		}
	}
}
