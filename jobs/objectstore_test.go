package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/internal/objectstore/storetest"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// uploaded copies the files of a folder into a store, in Hive partitions of its own.
func uploaded(t *testing.T, files fsys.FS, dir, to string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		err = run.WriteFile(files, fmt.Sprintf("%s/part=%d/%s", to, i, e.Name()), func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// contentIn reads the current run of an output folder in a store, as contentOf does.
func contentIn(t *testing.T, files fsys.FS, out string) map[string]string {
	t.Helper()
	r, err := run.Open(files, out, "")
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]string{}
	for _, f := range r.Manifest.Files {
		text, err := run.ReadFile(files, fsys.Join(r.Dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		content[f.Path] = string(text)
	}
	return content
}

func TestObjectStore_NightsGiveTheBytesOfTheDisk(t *testing.T) {
	lines := plantedShop(1500, 4)
	orders := writeLines(t, lines, 2)
	s := storetest.Start(t, time.Now)
	stored := s.Bucket + "/shop/orders"
	uploaded(t, s.Files(), orders, stored)
	local := filepath.Join(t.TempDir(), "orders") // the same partitions on the disk
	for i := range 2 {
		name := fmt.Sprintf("part-%d.parquet", i)
		folder := filepath.Join(local, fmt.Sprintf("part=%d", i))
		if err := os.MkdirAll(folder, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(orders, name), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	onDisk, inStore := quickly(t.TempDir()), quickly(s.Bucket+"/winback")
	for night := range 2 { // the second with the models of the first
		onDisk.AsOf, inStore.AsOf = asOfDay+1, asOfDay+1
		if night == 0 {
			onDisk.AsOf, inStore.AsOf = asOfDay, asOfDay
		}
		want := contentOf(t, published(t, onDisk, local))
		source := stored
		if night == 1 {
			source = stored + "/*/*.parquet"
		}
		if err := Run(context.Background(), inStore, []string{source}, console.UI{}); err != nil {
			t.Fatal(err)
		}
		if names := differing(want, contentIn(t, s.Files(), inStore.Out)); names != "" {
			t.Errorf("night %d: other bytes in %s", night, names)
		}
	}
	readsStoredRuns(t, onDisk.Out, inStore.Out)
	campaignsInStore(t, s, inStore.Out)
}

// readsStoredRuns compares what commands say of runs on the disk and in a store.
func readsStoredRuns(t *testing.T, onDisk, inStore string) {
	t.Helper()
	for name, say := range map[string]func(out string, ui console.UI) error{
		"pull": func(out string, ui console.UI) error {
			s := defaults[PullSettings]()
			s.Out, s.Groups.All = out, true
			return Pull(context.Background(), s, ui)
		},
		"runs": func(out string, ui console.UI) error {
			s := defaults[RunsSettings]()
			s.Out = out
			return Runs(context.Background(), s, ui)
		},
		"diff": func(out string, ui console.UI) error {
			s := defaults[DiffSettings]()
			s.Out = out
			return Diff(context.Background(), s, []string{asOfDay.String() + "-1", (asOfDay + 1).String() + "-1"}, ui)
		},
		"verify": func(out string, ui console.UI) error {
			s := defaults[VerifySettings]()
			s.Out = out
			return Verify(context.Background(), s, "", ui)
		},
	} {
		var want, got bytes.Buffer
		if err := say(onDisk, console.UI{Out: &want}); err != nil {
			t.Errorf("%s on the disk: %v", name, err)
		}
		if err := say(inStore, console.UI{Out: &got}); err != nil {
			t.Errorf("%s in the store: %v", name, err)
		}
		if plain := strings.ReplaceAll(want.String(), onDisk, inStore); name != "runs" && name != "verify" && plain != got.String() || got.Len() == 0 {
			t.Errorf("%s says\n%s\non the disk, and\n%s\nin the store", name, plain, got.String())
		}
	}
}

// campaignsInStore launches a campaign from a run in a store, with a crash before.
func campaignsInStore(t *testing.T, s *storetest.Store, out string) {
	t.Helper()
	launch := defaults[LaunchSettings]()
	launch.Out, launch.Accept = out, true // the run is of long ago
	for at := 1; ; at += 7 {
		crashed := false
		s.Fail(func(n int, r *http.Request) storetest.Fault {
			if n == at {
				crashed = true
				return storetest.DeadAfter
			}
			return storetest.None
		})
		err := Launch(context.Background(), launch, "spring", console.UI{})
		s.Fail(nil)
		if err := s.Orphan(out); err != nil {
			t.Fatal(err)
		}
		if !crashed {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	status := defaults[StatusSettings]()
	status.Out = out
	var said bytes.Buffer
	if err := Status(context.Background(), status, "", console.UI{Out: &said}); err != nil || !strings.Contains(said.String(), "spring") {
		t.Errorf("status: %v, %s", err, said.String())
	}
	verify := defaults[VerifySettings]()
	verify.Out = out
	said.Reset()
	if err := Verify(context.Background(), verify, "", console.UI{Out: &said}); err != nil || !strings.Contains(said.String(), "1 entry, all as written") {
		t.Errorf("verify: %v, %s", err, said.String())
	}
}

func TestObjectStore_ErrorsHaveTheirExitCodes(t *testing.T) {
	s := storetest.Start(t, time.Now)
	orders := writeLines(t, plantedShop(50, 1), 1)
	night := func(out string, sources ...string) error {
		return Run(context.Background(), quickly(out), sources, console.UI{})
	}
	pull := func(out string) error {
		p := defaults[PullSettings]()
		p.Out = out
		return Pull(context.Background(), p, console.UI{})
	}
	refused := func(do func() error) error {
		s.Fail(func(int, *http.Request) storetest.Fault { return storetest.Dead })
		defer s.Fail(nil)
		return do()
	}
	for name, c := range map[string]struct {
		err  error
		code int
		says string
	}{
		"no bucket to read":     {night(t.TempDir(), "s3://bucket-of-nobody/orders"), ExitInput, `s3://bucket-of-nobody/orders: there is no bucket "bucket-of-nobody"`},
		"nothing to read":       {night(t.TempDir(), s.Bucket+"/orders"), ExitInput, s.Bucket + "/orders: no such file or folder"},
		"no access to read":     {refused(func() error { return night(t.TempDir(), s.Bucket+"/orders") }), ExitInput, "refuses access"},
		"no bucket to write":    {night("s3://bucket-of-nobody/out", orders), ExitIO, `s3://bucket-of-nobody/out: there is no bucket`},
		"no access to write":    {refused(func() error { return night(s.Bucket+"/out", orders) }), ExitIO, "refuses access"},
		"no run":                {pull(s.Bucket + "/out"), ExitInput, s.Bucket + "/out/current: no complete run"},
		"no bucket of a run":    {pull("s3://bucket-of-nobody/out"), ExitInput, "there is no bucket"},
		"customers to forget":   {Forget(context.Background(), *with(func(f *ForgetSettings) { f.Out = s.Bucket + "/out" }), []string{"K1"}, console.UI{}), ExitUsage, "not read from or written to an object store"},
		"a folder of CSV files": {Import(context.Background(), defaults[ImportSettings](), []string{s.Bucket + "/a.csv"}, console.UI{}), ExitUsage, "not read from or written to an object store"},
		"another cloud":         {settings.CheckSources([]string{"gs://bucket/orders"}), ExitUsage, "gs:// is not read"},
	} {
		if Code(c.err) != c.code || !strings.Contains(fmt.Sprint(c.err), c.says) {
			t.Errorf("%s: exit %d, %v; want %d, %s", name, Code(c.err), c.err, c.code, c.says)
		}
	}
	if entries, err := s.Files().ReadDir(s.Bucket); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := os.Stat("s3:"); !os.IsNotExist(err) {
		t.Error("a folder was made for the URL")
	}
}

func TestObjectStore_SettingsThatTakeDisksAloneRefuseURLs(t *testing.T) {
	for flag, refused := range map[string]bool{"store": true, "pool": true, "consent": true, "out": false, "suppress": false, "rejects": false} {
		d := settings.NewDraft().Of(&RunSettings{})
		err := d.Flag(flag, []string{"s3://bucket/a"})
		if refused != (Code(err) == ExitUsage) || refused && !strings.Contains(err.Error(), "object store") {
			t.Errorf("--%s: %v", flag, err)
		}
		if err := d.Flag(flag, []string{"gs://bucket/a"}); Code(err) != ExitUsage {
			t.Errorf("--%s with another cloud: %v", flag, err)
		}
	}
}

func TestObjectStore_MissingBucketReadAsARunIsAnInput(t *testing.T) {
	storetest.Start(t, time.Now)
	out := "s3://bucket-of-nobody/out"
	night := quickly(out)
	night.DryRun = true
	verify := defaults[VerifySettings]()
	verify.Out = out
	for name, err := range map[string]error{
		"run --dry-run": Run(context.Background(), night, []string{writeLines(t, plantedShop(50, 4), 1)}, console.UI{}),
		"verify":        Verify(context.Background(), verify, "", console.UI{}),
	} {
		if Code(err) != ExitInput || !strings.Contains(err.Error(), `no bucket "bucket-of-nobody"`) {
			t.Errorf("%s: exit code %d, %v", name, Code(err), err)
		}
	}
}

// A proxy in front of the store may answer everything with a page of its own.
func TestObjectStore_ErrorsOfAPageHaveTheWholeURL(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>log in</html>") }))
	defer page.Close()
	storetest.Start(t, time.Now)
	t.Setenv("AWS_ENDPOINT_URL", page.URL)
	s := defaults[PullSettings]()
	s.Out, s.Groups.All = "s3://b/out", true
	err := Pull(context.Background(), s, console.UI{})
	if Code(err) != ExitIO || !strings.Contains(err.Error(), "s3://b/out/forgotten.json: an HTML page answers") {
		t.Errorf("exit code %d, %v", Code(err), err)
	}
	runs := defaults[RunsSettings]()
	runs.Out = "s3://b/out"
	if err := Runs(context.Background(), runs, console.UI{}); Code(err) != ExitIO || !strings.Contains(err.Error(), "s3://b/out/current: an HTML page answers") {
		t.Errorf("runs: exit code %d, %v", Code(err), err)
	}
}

// What is no link where the newest run should be is a run that cannot be read.
func TestRuns_FileInThePlaceOfCurrentIsAnInput(t *testing.T) {
	s := defaults[RunsSettings]()
	s.Out = t.TempDir()
	if err := os.WriteFile(filepath.Join(s.Out, "current"), []byte("a page"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(s.Out, "runs", "2026-06-30-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Runs(context.Background(), s, console.UI{}); Code(err) != ExitInput || !strings.Contains(err.Error(), "current") {
		t.Errorf("exit code %d, %v", Code(err), err)
	}
}
