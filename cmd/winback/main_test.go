package main

import (
	"context"
	"errors"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// called is what a stub job was called with.
type called struct {
	name     string
	settings settings.Command
	args     []string
}

// stubs are the commands with jobs that note how they are called and return err.
func stubs(c *called, err error) []command {
	return stubbed(commands(), c, err)
}

func stubbed(all []command, c *called, err error) []command {
	for i := range all {
		of := &all[i]
		stubbed(of.under, c, err)
		of.job.do = func(_ context.Context, args []string, _ console.UI) error {
			*c = called{of.Name(), of.job.settings, args}
			return err
		}
	}
	return all
}

// winback runs the command line in one go.
func winback(t *testing.T, ctx context.Context, j []command, args ...string) (code int, stdout, stderr string) {
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
	if err := os.WriteFile(config, []byte("horizon: 30\nmargin: 0.4\nout: production\norders: [a, b]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, check := range map[string]func(c called) bool{
		"run a b --as-of 2026-06-30 --map customer=x --map amount=y --accept": func(c called) bool {
			s := c.settings.(*jobs.RunSettings)
			return c.name == "run" && len(c.args) == 2 && s.AsOf.String() == "2026-06-30" && len(s.Map) == 2 && s.Accept
		},
		"run a --config " + config + " --horizon 90": func(c called) bool {
			s := c.settings.(*jobs.RunSettings)
			return s.HorizonDays == 90 && s.Margin == 0.4 && s.Out == "production"
		},
		"run --config " + config: func(c called) bool { return slices.Equal(c.args, []string{"a", "b"}) },
		"features a --as-of 2026-06-30 -o f.arrow": func(c called) bool {
			return c.name == "features" && c.settings.(*jobs.FeaturesSettings).Output == "f.arrow"
		},
		"check a --returns status=x": func(c called) bool {
			return c.name == "check" && c.settings.(*jobs.CheckSettings).Returns.Statuses[0] == "x"
		},
		"backtest a --cuts 3": func(c called) bool {
			s := c.settings.(*jobs.BacktestSettings)
			return c.name == "backtest" && s.Cuts == 3 && s.Out == "winback-backtest"
		},
		"diagnose a --config " + config: func(c called) bool {
			s := c.settings.(*jobs.DiagnoseSettings)
			return s.Out == "winback-diagnosis" && s.HorizonDays == 30 && s.Margin == 0.4
		},
		"import a.csv --out dir": func(c called) bool { return c.name == "import" && c.settings.(*jobs.ImportSettings).Out == "dir" },
		"generate --customers 7 --out dir": func(c called) bool {
			return c.name == "generate" && c.settings.(*jobs.GenerateSettings).Customers == 7
		},
		"demo":                            func(c called) bool { return c.name == "demo" && c.settings.(*jobs.DemoSettings).Out == "winback-demo" },
		"demo --config " + config:         func(c called) bool { return c.settings.(*jobs.DemoSettings).Out == "winback-demo" },
		"demo --out d":                    func(c called) bool { return c.settings.(*jobs.DemoSettings).Out == "d" },
		"pull --groups 1-3 --format json": func(c called) bool { return c.name == "pull" && len(c.settings.(*jobs.PullSettings).Groups.Named) == 3 },
		"pull --config " + config:         func(c called) bool { return c.settings.(*jobs.PullSettings).Out == "production" },
		"verify":                          func(c called) bool { return c.name == "verify" && len(c.args) == 0 },
		"verify 2026-06-30-1 --out o": func(c called) bool {
			return c.args[0] == "2026-06-30-1" && c.settings.(*jobs.VerifySettings).Out == "o"
		},
		"runs --out o": func(c called) bool { return c.name == "runs" && c.settings.(*jobs.RunsSettings).Out == "o" },
		"diff a b --out o": func(c called) bool {
			return c.name == "diff" && slices.Equal(c.args, []string{"a", "b"}) && c.settings.(*jobs.DiffSettings).Out == "o"
		},
		"campaign launch spring --groups 1-2 --target-returns 400 --dry-run --config " + config: func(c called) bool {
			s := c.settings.(*jobs.LaunchSettings)
			return c.name == "launch" && c.args[0] == "spring" && len(s.Groups.Named) == 2 && s.TargetReturns == 400 && s.DryRun && s.Margin == 0.4
		},
		"campaign sent --log a.csv,b.csv": func(c called) bool {
			return c.name == "sent" && len(c.args) == 0 && len(c.settings.(*jobs.SentSettings).Logs) == 2
		},
		"campaign status --format json": func(c called) bool { return c.settings.(*jobs.StatusSettings).Form == "json" },
		"campaign void 14":              func(c called) bool { return c.args[0] == "14" },
		"measure a b --campaign spring --format parquet": func(c called) bool {
			s := c.settings.(*jobs.MeasureSettings)
			return len(c.args) == 2 && s.Campaign == "spring" && s.Form == "parquet"
		},
		"pull --campaign spring --arm mail": func(c called) bool {
			s := c.settings.(*jobs.PullSettings)
			return s.Campaign == "spring" && s.Arm == "mail"
		},
		"explain 13085": func(c called) bool { return c.name == "explain" && c.args[0] == "13085" },
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
		"rnu":                    `winback: unknown command "rnu"; did you mean run or runs?` + "\nTry winback --help.\n",
		"frobnicate":             `winback: unknown command "frobnicate"` + "\nTry winback --help.\n",
		"run":                    "winback: winback run needs order files, folders or globs\nTry winback run --help.\n",
		"run a --frob":           "winback: unknown flag: --frob\nTry winback run --help.\n",
		"run a --margn 0.4":      "winback: unknown flag --margn: did you mean --margin?\nTry winback run --help.\n",
		"features a --max-age 3": "winback: unknown flag: --max-age\nTry winback features --help.\n",
		"run a --horizon":        "winback: flag needs an argument: --horizon\nTry winback run --help.\n",
		"run a --horizon x":      "winback: --horizon: want a whole number of days from 1 to 3650, found \"x\"\nTry winback run --help.\n",
		"run a --config no.yaml": "winback: --config: no.yaml: no such file or directory\nTry winback run --help.\n",
		"pull --margin 0.4":      "winback: unknown flag: --margin\nTry winback pull --help.\n",
		"pull all":               "winback: winback pull has no use for \"all\"\nTry winback pull --help.\n",
		"import a.csv":           "winback: winback import needs --out, such as --out orders\nTry winback import --help.\n",
		"features a":             "winback: winback features needs --output, such as --output features.parquet\nTry winback features --help.\n",
		"backtest a --cuts 0":    "winback: --cuts: want a whole number from 1 to 60, found \"0\"\nTry winback backtest --help.\n",
		"diff a":                 "winback: winback diff needs two runs\nTry winback diff --help.\n",
		"diff a b c":             "winback: winback diff has no use for \"c\"\nTry winback diff --help.\n",
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
	j := func() []command {
		return stubs(&c, &jobs.ExitError{Code: jobs.ExitGate, Err: errors.New("old\ninput")})
	}
	if code, _, stderr := winback(t, context.Background(), j(), "run", "a"); code != 4 || stderr != "winback: old; input\n" {
		t.Errorf("code %d, %q", code, stderr)
	}
	for _, line := range []string{"run a --log-format json", "run a --log-format=json"} {
		if code, _, stderr := winback(t, context.Background(), j(), strings.Fields(line)...); code != 4 || !strings.Contains(stderr, `"level":"error","message":"old; input","exit_code":4`) {
			t.Errorf("code %d, %q", code, stderr)
		}
	}
	if code, _, stderr := winback(t, context.Background(), j(), "run", "--log-format", "json"); code != 2 || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "{") {
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
	j := func() []command { return stubs(&c, nil) }
	for _, command := range []string{"", "run", "features", "check", "import", "generate", "demo", "pull", "verify", "config"} {
		args := append(strings.Fields(command), "--help")
		code, stdout, _ := winback(t, context.Background(), j(), args...)
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

func TestCommands_SayTheirVersion(t *testing.T) {
	if code, stdout, _ := winback(t, context.Background(), nil, "--version"); code != 0 || !strings.HasPrefix(stdout, "winback ") {
		t.Errorf("code %d, %q", code, stdout)
	}
}

func TestCommands_CompleteTheirNames(t *testing.T) {
	if code, stdout, _ := winback(t, context.Background(), commands(), "completion", "bash"); code != 0 || !strings.Contains(stdout, "winback") {
		t.Errorf("completion for bash: code %d, %q", code, stdout)
	}
	if code, stdout, _ := winback(t, context.Background(), commands(), "__complete", "ru"); code != 0 || !strings.Contains(stdout, "run\t") {
		t.Errorf("completion of ru: code %d, %q", code, stdout)
	}
}

// A flag wins over the environment, which wins over the file.
func TestCommands_TakeTheEnvironment(t *testing.T) {
	config := filepath.Join(t.TempDir(), "winback.yaml")
	if err := os.WriteFile(config, []byte("margin: 0.1\nkeep: 7\nholdout: 0.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"WINBACK_CONFIG": config, "WINBACK_MARGIN": "0.2", "WINBACK_KEEP": "8", "WINBACK_OUT": "nightly", "WINBACK_MAP": "customer=x,time=y", "WINBACK_SEED": ""} {
		t.Setenv(name, value)
	}
	var c called
	if code, _, stderr := winback(t, context.Background(), stubs(&c, nil), "run", "a", "--margin", "0.3"); code != 0 {
		t.Fatal(stderr)
	}
	if s := c.settings.(*jobs.RunSettings); s.Margin != 0.3 || s.Keep != 8 || s.Holdout != 0.2 || s.Out != "nightly" || len(s.Map) != 2 || s.Seed != 1 {
		t.Errorf("margin %v of the flag, keep %d of the environment, holdout %v of the file, out %s, map %v, seed %d", s.Margin, s.Keep, s.Holdout, s.Out, s.Map, s.Seed)
	}
	if code, stdout, _ := winback(t, context.Background(), commands(), "config"); code != 0 || !strings.Contains(stdout, "keep: 8                 # from WINBACK_KEEP; default: 30\n") {
		t.Errorf("config: code %d\n%s", code, stdout)
	}
	for variable, want := range map[string]string{
		"WINBACK_MARGN=1":   `WINBACK_MARGN: unknown key "margn"; did you mean margin?`,
		"WINBACK_GROUPS=1":  "WINBACK_GROUPS: groups is no setting of a file, only a flag",
		"WINBACK_HORIZON=x": `WINBACK_HORIZON: want a whole number of days from 1 to 3650, found "x"`,
	} {
		t.Run(variable, func(t *testing.T) {
			name, value, _ := strings.Cut(variable, "=")
			t.Setenv(name, value)
			if code, _, stderr := winback(t, context.Background(), commands(), "config"); code != jobs.ExitUsage || !strings.Contains(stderr, want) {
				t.Errorf("code %d, %q, want %q", code, stderr, want)
			}
		})
	}
}

// What a library logs by itself comes in the form of the log.
func TestCommands_LogsOfLibrariesAreWarnings(t *testing.T) {
	var c called
	all := stubs(&c, nil)
	for i := range all {
		all[i].job.do = func(context.Context, []string, console.UI) error {
			log.Printf("WARNING: DECIMAL annotated with Int64")
			return nil
		}
	}
	code, _, stderr := winback(t, context.Background(), all, "run", "a", "--log-format", "json")
	if code != 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, `"level":"warning","message":"DECIMAL annotated with Int64"`) {
		t.Errorf("code %d, %q", code, stderr)
	}
}

// The null device is a character device too, and no terminal.
func TestIsTerminal_TheNullDeviceIsNone(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(null) {
		t.Errorf("%s counts as a terminal", os.DevNull)
	}
}

func TestCommands_ConfigPrintsWhatFileAndFlagsSay(t *testing.T) {
	config := filepath.Join(t.TempDir(), "winback.yaml")
	if err := os.WriteFile(config, []byte("keep: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := winback(t, context.Background(), commands(), "config", "--config", config, "--horizon", "90")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "\nkeep: 7 ") || !strings.Contains(stdout, "horizon: 90             # from flag --horizon; default: 60\n") {
		t.Errorf("code %d, %q\n%s", code, stderr, stdout)
	}
}
