package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/jobs"
)

// called is what a stub job was called with.
type called struct {
	name     string
	settings jobs.Settings
	args     []string
}

// stubs are jobs that note how they are called and return err.
func stubs(c *called, err error) Jobs {
	files := func(name string) filesJob {
		return func(_ context.Context, s jobs.Settings, args []string, _ jobs.UI) error {
			*c = called{name, s, args}
			return err
		}
	}
	plain := func(name string) plainJob {
		return func(_ context.Context, s jobs.Settings, _ jobs.UI) error {
			*c = called{name, s, nil}
			return err
		}
	}
	return Jobs{
		Run: files("run"), Features: files("features"), Check: files("check"), Import: files("import"), Backtest: files("backtest"),
		Demo: plain("demo"), Generate: plain("generate"), Pull: plain("pull"),
		Verify: func(_ context.Context, s jobs.Settings, run string, _ jobs.UI) error {
			*c = called{"verify", s, []string{run}}
			return err
		},
	}
}

// winback runs the command line in one go.
func winback(t *testing.T, ctx context.Context, j Jobs, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	file := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	o, e := file("out"), file("err")
	code = run(ctx, j, args, streams{o, e})
	text := func(f *os.File) string {
		content, err := os.ReadFile(f.Name())
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	return code, text(o), text(e)
}

func TestCommands_CallTheirJobWithSettings(t *testing.T) {
	config := filepath.Join(t.TempDir(), "winback.yaml")
	if err := os.WriteFile(config, []byte("horizon: 30\nmargin: 0.4\nout: production\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, check := range map[string]func(c called) bool{
		"run a b --as-of 2026-06-30 --map customer=x --map amount=y --accept": func(c called) bool {
			return c.name == "run" && len(c.args) == 2 && c.settings.AsOf.String() == "2026-06-30" && len(c.settings.Map) == 2 && c.settings.Accept
		},
		"run a --config " + config + " --horizon 90": func(c called) bool {
			return c.settings.HorizonDays == 90 && c.settings.Margin == 0.4 && c.settings.Out == "production"
		},
		"features a --as-of 2026-06-30 -o f.arrow": func(c called) bool { return c.name == "features" && c.settings.Output == "f.arrow" },
		"check a --returns status=x":               func(c called) bool { return c.name == "check" && c.settings.Returns.Statuses[0] == "x" },
		"backtest a --cuts 3": func(c called) bool {
			return c.name == "backtest" && c.settings.Cuts == 3 && c.settings.Out == backtestOut
		},
		"import a.csv --out dir":           func(c called) bool { return c.name == "import" && c.settings.Out == "dir" },
		"generate --customers 7 --out dir": func(c called) bool { return c.name == "generate" && c.settings.Customers == 7 },
		"demo":                             func(c called) bool { return c.name == "demo" && c.settings.Out == demoOut },
		"demo --config " + config:          func(c called) bool { return c.settings.Out == demoOut },
		"demo --out d":                     func(c called) bool { return c.settings.Out == "d" },
		"pull --groups 1-3 --format json":  func(c called) bool { return c.name == "pull" && len(c.settings.Groups) == 3 },
		"pull --config " + config:          func(c called) bool { return c.settings.Out == "production" },
		"verify":                           func(c called) bool { return c.name == "verify" && c.args[0] == "" },
		"verify 2026-06-30-1 --out o":      func(c called) bool { return c.args[0] == "2026-06-30-1" && c.settings.Out == "o" },
	} {
		var c called
		code, _, stderr := winback(t, context.Background(), stubs(&c, nil), strings.Fields(line)...)
		if code != 0 || stderr != "" || !check(c) {
			t.Errorf("%s: code %d, %q, called %+v", line, code, stderr, c)
		}
	}
}

func TestCommands_UsageErrorsAreOneLineAndAHint(t *testing.T) {
	for line, want := range map[string]string{
		"rnu":                    `winback: unknown command "rnu"; did you mean run?` + "\nTry winback --help.\n",
		"frobnicate":             `winback: unknown command "frobnicate"` + "\nTry winback --help.\n",
		"run":                    "winback: winback run needs order files, folders or globs\nTry winback run --help.\n",
		"run a --frob":           "winback: unknown flag: --frob\nTry winback run --help.\n",
		"run a --horizon":        "winback: flag needs an argument: --horizon\nTry winback run --help.\n",
		"run a --horizon x":      "winback: --horizon: want a whole number of days from 1 to 3650, found \"x\"\nTry winback run --help.\n",
		"run a --config no.yaml": "winback: --config: no.yaml: no such file or directory\nTry winback run --help.\n",
		"pull --margin 0.4":      "winback: unknown flag: --margin\nTry winback pull --help.\n",
		"pull all":               "winback: winback pull has no use for \"all\"\nTry winback pull --help.\n",
		"import a.csv":           "winback: winback import needs --out, such as --out orders\nTry winback import --help.\n",
		"features a":             "winback: winback features needs --output, such as --output features.parquet\nTry winback features --help.\n",
		"features a -o f.csv":    "winback: --output: want a file that ends in .parquet or .arrow, found f.csv\nTry winback features --help.\n",
		"backtest a --cuts 0":    "winback: --cuts: want a whole number from 1 to 60, found \"0\"\nTry winback backtest --help.\n",
		"verify a b":             "winback: winback verify has no use for \"b\"\nTry winback verify --help.\n",
		"config --budget 3":      "winback: --budget: needs to know what a contact costs: set --contact-cost too, above 0\nTry winback config --help.\n",
	} {
		var c called
		code, stdout, stderr := winback(t, context.Background(), stubs(&c, nil), strings.Fields(line)...)
		if code != jobs.ExitUsage || stdout != "" || stderr != want || c.name != "" {
			t.Errorf("%s: code %d, stdout %q, stderr\n%s, want\n%s", line, code, stdout, stderr, want)
		}
	}
}

func TestCommands_ExitCodeAndFormOfErrors(t *testing.T) {
	var c called
	j := stubs(&c, &jobs.ExitError{Code: jobs.ExitGate, Err: errors.New("old\ninput")})
	if code, _, stderr := winback(t, context.Background(), j, "run", "a"); code != 4 || stderr != "winback: old; input\n" {
		t.Errorf("code %d, %q", code, stderr)
	}
	for _, line := range []string{"run a --log-format json", "run a --log-format=json"} {
		if code, _, stderr := winback(t, context.Background(), j, strings.Fields(line)...); code != 4 || !strings.Contains(stderr, `"level":"error","message":"old; input","exit_code":4`) {
			t.Errorf("code %d, %q", code, stderr)
		}
	}
	if code, _, stderr := winback(t, context.Background(), j, "run", "--log-format", "json"); code != 2 || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "{") {
		t.Errorf("usage error as JSON: code %d, %q", code, stderr)
	}
}

func TestCommands_AnInterruptSaysThatNothingWasPublished(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var c called
	if code, _, stderr := winback(t, ctx, stubs(&c, context.Canceled), "run", "a"); code != 1 || stderr != "winback: interrupted, nothing published\n" {
		t.Errorf("code %d, %q", code, stderr)
	}
}

func TestCommands_HelpHasAnExampleAndFitsTheScreen(t *testing.T) {
	var c called
	j := stubs(&c, nil)
	for _, command := range []string{"", "run", "features", "check", "import", "generate", "demo", "pull", "verify", "config"} {
		args := append(strings.Fields(command), "--help")
		code, stdout, _ := winback(t, context.Background(), j, args...)
		if code != 0 || !strings.Contains(stdout, "Examples:\n  winback") {
			t.Errorf("%s: code %d, no example in\n%s", command, code, stdout)
		}
		for line := range strings.Lines(stdout) {
			if len([]rune(line)) > 101 {
				t.Errorf("%s: long line %q", command, line)
			}
		}
	}
}

func TestCommands_WithoutAJobAreLeftOut(t *testing.T) {
	code, stdout, _ := winback(t, context.Background(), Jobs{}, "--help")
	if code != 0 || strings.Contains(stdout, "  pull") || !strings.Contains(stdout, "  config") {
		t.Errorf("code %d\n%s", code, stdout)
	}
	if code, stdout, _ := winback(t, context.Background(), Jobs{}, "--version"); code != 0 || !strings.HasPrefix(stdout, "winback ") {
		t.Errorf("version: code %d, %q", code, stdout)
	}
}

func TestCommands_ConfigPrintsWhatFileAndFlagsSay(t *testing.T) {
	config := filepath.Join(t.TempDir(), "winback.yaml")
	if err := os.WriteFile(config, []byte("keep: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := winback(t, context.Background(), Jobs{}, "config", "--config", config, "--horizon", "90")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "\nkeep: 7 ") || !strings.Contains(stdout, "horizon: 90             # from flag --horizon; default: 60\n") {
		t.Errorf("code %d, %q\n%s", code, stderr, stdout)
	}
}
