package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/internal/shop"
	"winback/jobs"
)

// The test binary starts itself as the command where this variable is set.
const commandVariable = "TEST_WINBACK_COMMAND"

var crashPoints = flag.Int("crash-points", 20, "moments at which a run is killed")

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the real command in a process of its own.
func process(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), commandVariable+"=1")
	return cmd
}

// does runs the real command in this process.
func does(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	code, _, stderr = winback(t, context.Background(), commands(), args...)
	return code, stderr
}

// soldLine is a line of a generated shop.
type soldLine struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderedAt  int64  `parquet:"ordered_at,timestamp(microsecond:local)"`
	ProductID  string `parquet:"product_id"`
	Category   string `parquet:"category"`
	Quantity   int32  `parquet:"quantity"`
	UnitPrice  int64  `parquet:"unit_price,decimal(2:10)"`
	Channel    string `parquet:"channel"`
}

// generatedLines are those of a generated shop, in the order of time.
func generatedLines(t *testing.T, customers int) []soldLine {
	t.Helper()
	var file bytes.Buffer
	_, err := shop.Generate(context.Background(), shop.Options{Customers: customers, Files: 1, Seed: 1}, shop.Create(memory(&file)))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := parquet.Read[soldLine](bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// written writes lines as one Parquet file and returns its folder.
func written[T any](t *testing.T, lines []T) string {
	t.Helper()
	dir := t.TempDir()
	if err := parquet.WriteFile(filepath.Join(dir, "orders.parquet"), lines); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runContent reads the files of a run but the manifest, by path.
func runContent(t *testing.T, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "manifest.json" {
			return err
		}
		text, err := os.ReadFile(path)
		content[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// currentRun is the folder of the newest run.
func currentRun(t *testing.T, out string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(out, "current"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// published are the entries of an output folder that stay.
var published = []string{".lock", "current", "runs"}

// leftovers lists what a published run does not leave in an output folder.
func leftovers(t *testing.T, out string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(out)
	runs, runsErr := os.ReadDir(filepath.Join(out, "runs"))
	if err := errors.Join(err, runsErr); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(published, e.Name()) {
			names = append(names, e.Name())
		}
	}
	for _, e := range runs {
		if code, text := does(t, "verify", e.Name(), "--out", out); code != jobs.ExitDone {
			names = append(names, fmt.Sprintf("runs/%s (%s)", e.Name(), text))
		}
	}
	return names
}

// memory makes a place for one file.
func memory(file *bytes.Buffer) func(string) (io.WriteCloser, error) {
	return func(string) (io.WriteCloser, error) { return unclosed{file}, nil }
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
