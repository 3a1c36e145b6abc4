package serve

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var listed = flag.Int("listed", 2_000, "customers of the list that is downloaded; make test-serve takes 500,000")

// atOnce downloads come at the same time; mostHeap is what they may take together.
const (
	atOnce   = 50
	mostHeap = 256 << 20
)

func TestDownloads_ManyAtOnceTakeBoundedMemory(t *testing.T) {
	out := t.TempDir()
	publish(t, out, *listed/2, "2007-11-15")
	server := httptest.NewServer(opened(t, standard(out), nil))
	defer server.Close()
	runtime.GC()
	done, most := make(chan struct{}), uint64(0)
	var watch sync.WaitGroup
	watch.Go(func() {
		var m runtime.MemStats
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	})
	began := time.Now()
	digests := make([]string, atOnce)
	var all sync.WaitGroup
	for i := range atOnce {
		all.Go(func() { digests[i] = taking(server.URL) })
	}
	all.Wait()
	close(done)
	watch.Wait()
	t.Logf("%d downloads of %d customers in %.1f s, at most %d MB in use", atOnce, *listed, time.Since(began).Seconds(), most>>20)
	for _, d := range digests {
		if d != digests[0] || !strings.HasSuffix(d, fmt.Sprintf(" %d lines", *listed+1)) {
			t.Errorf("the downloads differ: %s, %s", digests[0], d)
		}
	}
	if most > mostHeap {
		t.Errorf("%d MB in use, want at most %d", most>>20, mostHeap>>20)
	}
	if entries, err := os.ReadDir(filepath.Join(out, downloadsFolder)); err != nil || len(entries) != atOnce {
		t.Errorf("%d entries of the log, %v", len(entries), err)
	}
}

// taking downloads all groups and says the digest and the lines, or what went wrong.
func taking(address string) string {
	r, err := http.Post(address+"/download", "application/x-www-form-urlencoded", strings.NewReader(url.Values{"groups": {"all"}, "format": {"csv"}}.Encode()))
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	sum, lines, buffer := sha256.New(), 0, make([]byte, 1<<16)
	for {
		n, err := r.Body.Read(buffer)
		sum.Write(buffer[:n])
		lines += strings.Count(string(buffer[:n]), "\n")
		if errors.Is(err, io.EOF) {
			return fmt.Sprintf("%d %x %d lines", r.StatusCode, sum.Sum(nil), lines)
		}
		if err != nil {
			return err.Error()
		}
	}
}

// reading stops after its first bytes, as one does who has lost interest.
func TestDownloads_OneThatIsLeftIsLoggedAsNotDone(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 40_000, "2007-11-15")
	server := httptest.NewServer(opened(t, standard(out), nil))
	defer server.Close()
	r, err := http.Post(server.URL+"/download", "application/x-www-form-urlencoded", strings.NewReader("groups=all&format=csv"))
	must(t, err)
	_, err = io.ReadFull(r.Body, make([]byte, 100))
	must(t, err)
	must(t, r.Body.Close())
	for range 200 {
		entries, err := os.ReadDir(filepath.Join(out, downloadsFolder))
		must(t, err)
		text, err := os.ReadFile(filepath.Join(out, downloadsFolder, entries[0].Name()))
		must(t, err)
		if len(text) > 0 {
			if !strings.Contains(string(text), `"done":false`) {
				t.Errorf("the log says %s", text)
			}
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the log never says that it is over")
}
