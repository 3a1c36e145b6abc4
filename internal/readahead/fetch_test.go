package readahead_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/internal/readahead"
)

// written puts n bytes that look like nothing into a file.
func written(t *testing.T, files fsys.FS, path string, n int, seed uint64) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	f, err := files.Create(path)
	if err == nil {
		_, err = f.Write(content)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

// TestFetched_HasTheBytesOfTheFile reads samples and then stretches, held as a whole and
// read on, in random places.
func TestFetched_HasTheBytesOfTheFile(t *testing.T) {
	mem := fsystest.NewMem()
	content := written(t, mem, "/a", 3_000_000, 1)
	random := rand.New(rand.NewPCG(2, 2))
	var fetched readahead.Fetched
	for round := range 200 {
		files := readahead.New(mem, random.Int64N(1<<20))
		file, err := files.Open("/a")
		if err != nil {
			t.Fatal(err)
		}
		for range random.IntN(6) {
			at := random.IntN(len(content))
			p := make([]byte, 1+random.IntN(300_000))
			n, err := file.ReadAt(p, int64(at))
			if want := content[at:min(at+len(p), len(content))]; !bytes.Equal(p[:n], want) || n < len(p) && err != io.EOF {
				t.Fatalf("round %d: a sample at %d: %d bytes, %v", round, at, n, err)
			}
		}
		var spans []readahead.Span
		for at := random.Int64N(100_000); len(spans) < 4; {
			end := at + 1 + random.Int64N(500_000)
			spans = append(spans, readahead.Span{Start: at, End: end})
			at = end + random.Int64N(3)*random.Int64N(100_000)
		}
		if err := fetched.Fetch(file.(*readahead.File), spans, random.Int64N(3_000_000)); err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			if held := fetched.Held(s.Start, s.End); held != nil && !bytes.Equal(held, content[s.Start:s.End]) {
				t.Fatalf("round %d: held other bytes", round)
			}
			for at := s.Start; at < s.End; {
				p := make([]byte, min(1+random.Int64N(400_000), s.End-at))
				if n, err := fetched.ReadAt(p, at); n != len(p) || err != nil || !bytes.Equal(p, content[at:at+int64(n)]) {
					t.Fatalf("round %d: %d bytes at %d, %v", round, n, at, err)
				}
				at += int64(len(p))
			}
		}
		file.Close()
		files.Close()
	}
}

func TestFiles_ForgetWhatAnotherVersionHeld(t *testing.T) {
	mem := fsystest.NewMem()
	written(t, mem, "/a", 1000, 1)
	files := readahead.New(mem, 1<<20)
	defer files.Close()
	read := func() []byte {
		file, err := files.Open("/a")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		p := make([]byte, 500)
		if _, err := file.ReadAt(p, 0); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := read()
	files.Close() // as where too many are open
	if err := mem.Remove("/a"); err != nil {
		t.Fatal(err)
	}
	content := written(t, mem, "/a", 1001, 2)
	if second := read(); bytes.Equal(second, first) || !bytes.Equal(second, content[:500]) {
		t.Error("bytes of a version that is gone")
	}
}
