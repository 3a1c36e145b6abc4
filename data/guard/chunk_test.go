package guard

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
)

func TestCheckChunk_SaysWhetherAllPagesHadChecksums(t *testing.T) {
	for name, b := range soundFiles(t) {
		_, summed, err := guarded(b, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := strings.HasPrefix(name, "own-") || strings.Contains(name, "-sums"); summed != want {
			t.Errorf("%s: checksums %v, want %v", name, summed, want)
		}
	}
}

// Pages that are believed on their checksum hold up when looked at closely.
func TestCheckChunk_LooksCloserWhereTheFooterDoesNotCountPages(t *testing.T) {
	for name, b := range ownFiles(t) {
		r := bytes.NewReader(b)
		footer, err := Check(r, int64(len(b)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for g := range footer.RowGroups {
			for c := range footer.Columns {
				for _, counts := range [][]pageStat{nil, {{kind: dataPage, encoding: ByteStreamSplit, pages: 3}}} {
					footer.RowGroups[g].Chunks[c].pageStats = counts
					if summed, err := footer.CheckChunk(r, g, c, Limits{}); err != nil || !summed {
						t.Errorf("%s, page counts %v: %v %v", name, counts, summed, err)
					}
				}
			}
		}
	}
}

// A page whose encoding was changed in its header, which no checksum covers, is
// not believed on the checksum of its bytes.
func TestCheckChunk_FindsAnotherEncodingUnderASoundChecksum(t *testing.T) {
	e := takeApart(t)
	e.page(customerColumn).sum()
	e.page(customerColumn).header.DataPageHeaderV2.V.Encoding = 9 // byte stream split
	m := e.metadata(customerColumn)
	m.Encoding = append(m.Encoding, 9)
	m.EncodingStats = nil
	e.page(timeColumn).sum()
	e.page(timeColumn).header.DataPageHeaderV2.V.Encoding = 0 // plain
	e.metadata(timeColumn).Encoding = append(e.metadata(timeColumn).Encoding, 0)
	b := e.build(t, nil)
	footer, err := Check(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := footer.CheckChunk(bytes.NewReader(b), 0, timeColumn, Limits{}); err == nil {
		t.Error("deltas read as plain numbers pass")
	}
}

func TestCheckChunk_KeepsToTheMemoryLimit(t *testing.T) {
	b := ownFiles(t)["own-plain.parquet"]
	r := bytes.NewReader(b)
	footer, err := Check(r, int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = footer.CheckChunk(r, 0, 0, Limits{MemoryBytes: 1000})
	if err == nil || !strings.Contains(err.Error(), "the limit is 1,000 bytes") {
		t.Errorf("got %v", err)
	}
	if _, err = Check(r, int64(len(b)), Limits{MemoryBytes: 1000}); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("got %v", err)
	}
}

func TestCheckChunk_MayRunForAllColumnsAtOnce(t *testing.T) {
	for name, b := range ownFiles(t) {
		footer, err := Check(bytes.NewReader(b), int64(len(b)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for g := range footer.RowGroups {
			for c := range footer.Columns {
				all.Go(func() {
					if _, err := footer.CheckChunk(bytes.NewReader(b), g, c, Limits{}); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
		}
		all.Wait()
	}
}

// broken fails to read from a byte on.
type broken struct {
	io.ReaderAt
	from int64
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from {
		return 0, fs.ErrPermission
	}
	return b.ReaderAt.ReadAt(p, at)
}

// An error of the disk is not taken for damage.
func TestCheck_HandsErrorsOfTheDiskThrough(t *testing.T) {
	b := ownFiles(t)["own-plain.parquet"]
	r, size := bytes.NewReader(b), int64(len(b))
	for _, from := range []int64{0, 600, size - 10} {
		_, err := Check(broken{r, from}, size, Limits{})
		var fault *Error
		if !errors.Is(err, fs.ErrPermission) || errors.As(err, &fault) {
			t.Errorf("broken from byte %d: %v", from, err)
		}
	}
	footer, err := Check(r, size, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := footer.CheckChunk(broken{r, 100}, 0, 0, Limits{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
	if _, err := Check(r, size+5, Limits{}); err == nil || !strings.Contains(err.Error(), "became shorter") {
		t.Errorf("got %v", err)
	}
}

// parquet-go hands out other values than those of sound pages in LZ4_RAW.
func TestCheckChunk_RefusesWhatParquetGoReadsWrong(t *testing.T) {
	b := write(t, keptColumns()[:2], 500, -1, pageCodecs["lz4"])
	r := bytes.NewReader(b)
	footer, err := Check(r, int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := footer.CheckChunk(r, 0, 0, Limits{}); err == nil || !strings.Contains(err.Error(), "compression LZ4_RAW cannot be read here") {
		t.Errorf("got %v", err)
	}
}
