package objectstore_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/internal/objectstore"
	"winback/internal/objectstore/storetest"
)

func write(t *testing.T, files fsys.FS, path string, content []byte) {
	t.Helper()
	if err := tryWrite(files, path, content); err != nil {
		t.Fatal(err)
	}
}

func tryWrite(files fsys.FS, path string, content []byte) error {
	f, err := files.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func read(t *testing.T, files fsys.FS, path string) []byte {
	t.Helper()
	f, err := files.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// counted is n bytes that differ from place to place.
func counted(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

func TestStore_ReadsWhatItWrote(t *testing.T) {
	s := storetest.Start(t, time.Now)
	files := s.Files()
	for _, size := range []int{0, 1, 16 << 10, 16<<10 + 1, 300_000, 8 << 20, 20_000_000} {
		path, want := fmt.Sprintf("%s/a b/ü=%d", s.Bucket, size), counted(size)
		write(t, files, path, want)
		if got := read(t, files, path); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d others came back", size, len(got))
		}
		f, err := files.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, 1, 5000, 16000, 250_000, size - 10} {
			p := make([]byte, 100_000)
			n, err := f.ReadAt(p, int64(max(at, 0)))
			if wantN := max(0, min(size-max(at, 0), len(p))); n != wantN || !bytes.Equal(p[:n], want[min(max(at, 0), size):][:n]) || (n < len(p)) != (err == io.EOF) {
				t.Errorf("%d bytes at %d: %d, %v", size, at, n, err)
			}
		}
		info, err := f.Stat()
		if err != nil || info.Size() != int64(size) || info.Name() != fmt.Sprintf("ü=%d", size) {
			t.Errorf("%v, %v", info, err)
		}
		f.Close()
	}
}

func TestStore_ListsFoldersByName(t *testing.T) {
	s := storetest.Start(t, time.Now)
	files := s.Files()
	for i := range 20 {
		write(t, files, fmt.Sprintf("%s/orders/day=%02d/part.parquet", s.Bucket, i), []byte("x"))
	}
	write(t, files, s.Bucket+"/orders/a", []byte("abc"))
	write(t, files, s.Bucket+"/orders-2/a", []byte("abc"))
	entries, err := files.ReadDir(strings.Replace(s.Bucket, "//", "/", 1) + "/orders")
	if err != nil || len(entries) != 21 || entries[0].Name() != "a" || entries[20].Name() != "day=19" || !entries[1].IsDir() {
		t.Errorf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Size() != 3 {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := files.Stat(s.Bucket + "/orders"); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := files.Stat(s.Bucket + "/order"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := files.ReadDir(s.Bucket + "/order"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := files.RemoveAll(s.Bucket + "/orders"); err != nil {
		t.Fatal(err)
	}
	if entries, err := files.ReadDir(s.Bucket); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestStore_CreateMakesNewObjectsOnly(t *testing.T) {
	s := storetest.Start(t, time.Now)
	files := s.Files()
	for _, size := range []int{10, 9 << 20} {
		path := fmt.Sprintf("%s/%d", s.Bucket, size)
		write(t, files, path, counted(size))
		if err := tryWrite(files, path, counted(size-1)); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if len(read(t, files, path)) != size {
			t.Errorf("%d bytes: written over", size)
		}
	}
	f, err := files.Create(s.Bucket + "/unsynced")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.Write(counted(9 << 20)); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if _, err := files.Open(s.Bucket + "/unsynced"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestStore_FaultsAreTriedAgain(t *testing.T) {
	s := storetest.Start(t, time.Now)
	files, want := s.Files(), counted(20_000_000)
	for _, fault := range []storetest.Fault{storetest.ServerError, storetest.SlowDown, storetest.Unavailable, storetest.Lost, storetest.Cut} {
		path := fmt.Sprintf("%s/fault-%d", s.Bucket, fault)
		s.Fail(func(n int, r *http.Request) storetest.Fault {
			if n%2 == 1 && (fault != storetest.Cut || r.Method == http.MethodGet) {
				return fault
			}
			return storetest.None
		})
		write(t, files, path, want)
		write(t, files, path+"-small", want[:100])
		if got := read(t, files, path); !bytes.Equal(got, want) {
			t.Errorf("fault %d: other bytes", fault)
		}
		if _, err := files.ReadDir(s.Bucket); err != nil {
			t.Errorf("fault %d: %v", fault, err)
		}
	}
}

func TestStore_OneOfManyMovesThePointer(t *testing.T) {
	s := storetest.Start(t, time.Now)
	path := s.Bucket + "/out/current"
	objects := func() fsys.Objects { return fsys.ObjectsAt(s.Files(), path) }
	first, err := objects().Stamp(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := objects().Readlink(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pointer to nothing: %v", err)
	}
	if err := first.Point("runs/1"); err != nil {
		t.Fatal(err)
	}
	second, err := objects().Stamp(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Point("runs/2"); !errors.Is(err, fsys.ErrLocked) {
		t.Errorf("the first moves it still: %v", err)
	}
	if target, err := objects().Readlink(path); target != "runs/1" || err != nil {
		t.Errorf("%q, %v", target, err)
	}
	if err := second.Point("runs/3"); err != nil {
		t.Error(err)
	}
	if target, err := objects().Readlink(path); target != "runs/3" || err != nil {
		t.Errorf("%q, %v", target, err)
	}
}

func TestStore_OneOfManyTakesTheLock(t *testing.T) {
	s := storetest.Start(t, time.Now)
	path := s.Bucket + "/out/.lock"
	for round := range 3 {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var got []io.Closer
		for range 24 {
			wait.Go(func() {
				lock, err := s.Files().Lock(path)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got = append(got, lock)
				} else if !errors.Is(err, fsys.ErrLocked) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(got) != 1 {
			t.Fatalf("round %d: %d hold the lock", round, len(got))
		}
		_, err := s.Files().Lock(path)
		if err == nil || !strings.Contains(err.Error(), "sign of life") || !strings.Contains(err.Error(), s.Bucket) {
			t.Errorf("held: %v", err)
		}
		if err := got[0].Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStore_DeadHolderIsTakenOverOnce(t *testing.T) {
	s := storetest.StartInMemory(t, time.Now)
	path := s.Bucket + "/out/.lock"
	dead := s.Files()
	old, err := dead.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Age(50 * time.Second)
	if _, err := s.Files().Lock(path); !errors.Is(err, fsys.ErrLocked) {
		t.Fatalf("taken over too early: %v", err)
	}
	s.Age(20 * time.Second)
	var wait sync.WaitGroup
	var mu sync.Mutex
	holders := 0
	for range 24 {
		wait.Go(func() {
			if _, err := s.Files().Lock(path); err == nil {
				mu.Lock()
				holders++
				mu.Unlock()
			} else if !errors.Is(err, fsys.ErrLocked) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if holders != 1 {
		t.Fatalf("%d took it over", holders)
	}
	if err := old.Close(); err != nil {
		t.Errorf("the one that lost it: %v", err)
	}
	if _, err := s.Files().Lock(path); !errors.Is(err, fsys.ErrLocked) {
		t.Errorf("given back by one that had lost it: %v", err)
	}
}

func TestStore_HolderThatLostTheLockWritesNothing(t *testing.T) {
	s := storetest.StartInMemory(t, time.Now)
	skipped := time.Duration(0)
	sleeper := objectstore.Files(fsys.OS(), objectstore.Options{Now: func() time.Time { return time.Now().Add(skipped) }, Backoff: time.Millisecond})
	if _, err := sleeper.Lock(s.Bucket + "/out/.lock"); err != nil {
		t.Fatal(err)
	}
	s.Age(time.Hour)
	if _, err := s.Files().Lock(s.Bucket + "/out/.lock"); err != nil {
		t.Fatal(err)
	}
	skipped = time.Hour
	if err := tryWrite(sleeper, s.Bucket+"/out/runs/a", []byte("x")); !errors.Is(err, fsys.ErrLocked) {
		t.Errorf("written: %v", err)
	}
	if err := tryWrite(sleeper, s.Bucket+"/other", []byte("x")); err != nil {
		t.Errorf("outside of the folder: %v", err)
	}
}

func TestStore_ErrorsNameURLAndCauseAndNoSecret(t *testing.T) {
	s := storetest.Start(t, time.Now)
	secret := os.Getenv("AWS_SECRET_ACCESS_KEY")
	files := s.Files()
	_, noBucket := files.ReadDir("s3://bucket-of-nobody/orders")
	_, unnamed := files.Stat("s3:///orders")
	_, noObject := files.Open(s.Bucket + "/absent")
	s.Fail(func(int, *http.Request) storetest.Fault { return storetest.Dead })
	_, refused := files.Open(s.Bucket + "/a")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
	_, unreached := objectstore.Files(fsys.OS(), objectstore.Options{Now: time.Now, Attempts: 1}).Open(s.Bucket + "/a")
	for _, c := range []struct {
		err  error
		is   error
		says []string
	}{
		{noBucket, objectstore.ErrNoBucket, []string{"s3://bucket-of-nobody/orders", `no bucket "bucket-of-nobody"`}},
		{unnamed, objectstore.ErrNoBucket, []string{"s3:///orders", "the bucket is missing"}},
		{noObject, fs.ErrNotExist, []string{s.Bucket + "/absent"}},
		{refused, fs.ErrPermission, []string{s.Bucket + "/a", "refuses access (Dead"}},
		{unreached, nil, []string{s.Bucket + "/a", "not reached", "127.0.0.1:9"}},
	} {
		var path *fs.PathError
		if !errors.As(c.err, &path) || c.is != nil && !errors.Is(c.err, c.is) || strings.Contains(c.err.Error(), secret) {
			t.Errorf("%v", c.err)
			continue
		}
		for _, text := range c.says {
			if !strings.Contains(c.err.Error(), text) {
				t.Errorf("want %q in %v", text, c.err)
			}
		}
	}
}

func TestStore_ObjectThatChangesWhileItIsRead(t *testing.T) {
	s := storetest.Start(t, time.Now)
	files, path := s.Files(), s.Bucket+"/a"
	write(t, files, path, counted(100_000))
	f, err := files.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := fsys.ObjectsAt(files, path).Replace(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = again.Write(counted(99_999)); err == nil {
		err = again.Sync()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(make([]byte, 10), 50_000); err == nil || !strings.Contains(err.Error(), "written anew") {
		t.Error(err)
	}
}

func TestStore_SilentStoreIsGivenUpAfterFewTriesAndALine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	storetest.Start(t, time.Now)
	t.Setenv("AWS_ENDPOINT_URL", "http://"+listener.Addr().String())
	var lines bytes.Buffer
	log.SetOutput(&lines)
	defer log.SetOutput(os.Stderr)
	const silence = 300 * time.Millisecond
	began := time.Now()
	_, err = objectstore.Files(fsys.OS(), objectstore.Options{Now: time.Now, Backoff: time.Millisecond, Silence: silence}).Stat("s3://b/orders")
	if took := time.Since(began); took > 5*silence {
		t.Errorf("given up after %s", took)
	}
	if err == nil || !strings.Contains(err.Error(), "does not answer") || !strings.Contains(err.Error(), "s3://b/orders") {
		t.Error(err)
	}
	if n := strings.Count(lines.String(), "waiting for the object store at "+listener.Addr().String()); n != 1 {
		t.Errorf("%d lines: %s", n, lines.String())
	}
}

// A proxy that answers for the store, once with a page to sign in and once since the store
// is not up, is named as what it is, for every request; only the second is asked again.
func TestStore_PageInThePlaceOfTheStoreIsNamed(t *testing.T) {
	for status, tries := range map[int]int32{200: 1, 403: 1, 404: 1, 502: 3} {
		var asked atomic.Int32
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			fmt.Fprint(w, "<!DOCTYPE html><html><body>Sign in<br></body></html>")
		}))
		storetest.Start(t, time.Now)
		t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
		files := objectstore.Files(fsys.OS(), objectstore.Options{Now: time.Now, Attempts: 3, Backoff: time.Millisecond})
		for name, ask := range map[string]func() error{
			"open": func() error { _, err := files.Open("s3://b/orders"); return err }, "stat": func() error { _, err := files.Stat("s3://b/orders"); return err },
			"list": func() error { _, err := files.ReadDir("s3://b/orders"); return err }, "link": func() error { _, err := files.Readlink("s3://b/out/current"); return err },
		} {
			asked.Store(0)
			err := ask()
			var path *fs.PathError
			if !errors.As(err, &path) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), fmt.Sprintf("an HTML page answers at %s (status %d)", strings.TrimPrefix(proxy.URL, "http://"), status)) {
				t.Errorf("%d, %s: %v", status, name, err)
			}
			if n := asked.Load(); n != tries {
				t.Errorf("%d, %s: asked %d times, want %d", status, name, n, tries)
			}
		}
		proxy.Close()
	}
}

// An object that is a page is one all the same.
func TestStore_ReadsObjectsThatArePages(t *testing.T) {
	s := storetest.Start(t, time.Now)
	want := []byte("<!DOCTYPE html><html></html>")
	write(t, s.Files(), s.Bucket+"/report.html", want)
	if got := read(t, s.Files(), s.Bucket+"/report.html"); !bytes.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestStore_MissingCredentialsAreNamedFirst(t *testing.T) {
	s := storetest.Start(t, time.Now)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	_, err := s.Files().Open(s.Bucket + "/orders")
	if want := "open " + s.Bucket + "/orders: no credentials found: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestStore_TrustsTheCABundleOfTheEnvironment(t *testing.T) {
	storetest.Start(t, time.Now)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "content") }))
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	files := objectstore.Files(fsys.OS(), objectstore.Options{Now: time.Now, Attempts: 1})
	for range 2 { // the first contact, and a later one
		if got := read(t, files, "s3://b/a"); string(got) != "content" {
			t.Errorf("%q", got)
		}
	}
}
