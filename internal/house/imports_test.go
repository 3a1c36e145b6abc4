package house

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// mayImport says, by top-level folder, which other top-level folders a package
// may import: cmd -> jobs -> pipeline -> {features, models, data}, and features
// -> data. Nothing imports cmd, notebooks or bench.
var mayImport = map[string][]string{
	"cmd":       {"jobs"},
	"jobs":      {"pipeline", "features", "models", "data", "internal"},
	"pipeline":  {"features", "models", "data", "internal"},
	"features":  {"data", "internal"},
	"models":    {},
	"data":      {"internal"},
	"internal":  {},
	"notebooks": {"pipeline", "features", "models", "data", "internal"},
	"bench":     {"pipeline", "features", "models", "data", "internal"},
}

// testsMayImport are what the tests of a folder reach for beside that: those of
// the program look at what a whole run has written.
var testsMayImport = map[string][]string{
	"cmd":    {"pipeline", "features", "models", "data", "internal"},
	"models": {"internal"}, // golden files
}

// seamsMayImport are the exceptions among the packages of internal, which
// import none of ours.
var seamsMayImport = map[string][]string{
	"internal/shop":                  {"data"},
	"internal/fsys/fsystest":         {"internal/fsys"},
	"internal/objectstore":           {"internal/fsys"},
	"internal/objectstore/storetest": {"internal/fsys", "internal/objectstore"},
	"internal/readahead":             {"internal/fsys", "internal/fsys/fsystest"},
	"internal/ordertest":             {"data", "data/orders", "data/source", "internal/fsys", "internal/fsys/fsystest"},
}

// roomsMayImport are the packages of a top-level folder that know only some of
// its others: what a room may import beside itself, from the first phase to the
// last. Tests may look at the whole folder.
var roomsMayImport = map[string][]string{
	"data":                 {"data/guard"},
	"data/guard":           {},
	"data/parse":           {"data"},
	"data/columnar":        {},
	"data/tables":          {"data", "data/columnar", "data/guard"},
	"data/tablelog":        {"data/guard"},
	"data/source":          {"data", "data/guard", "data/tablelog"},
	"data/columns":         {"data", "data/guard", "data/parse", "data/source"},
	"data/spill":           {},
	"data/orders":          {"data", "data/columns", "data/guard", "data/parse", "data/source", "data/spill"},
	"data/wire":            {"data/guard"},
	"data/contactkeys":     {},
	"data/csvcells":        {},
	"data/csvimport":       {"data", "data/parse", "data/tables"},
	"data/lists":           {"data", "data/csvimport", "data/orders", "data/parse"},
	"pipeline/wording":     {},
	"pipeline/run":         {},
	"pipeline/ledger":      {"pipeline/run"},
	"pipeline/forget":      {"pipeline/ledger", "pipeline/plan", "pipeline/run"},
	"pipeline/hours":       {},
	"pipeline/lookback":    {"pipeline/baserate", "pipeline/campaign", "pipeline/diagnose", "pipeline/hours", "pipeline/offers", "pipeline/run", "pipeline/sendtime", "pipeline/shopcontext", "pipeline/snapshots"},
	"pipeline/policy":      {"pipeline/campaign", "pipeline/ledger", "pipeline/plan"},
	"pipeline/campaign":    {"pipeline/baserate", "pipeline/effect", "pipeline/hours", "pipeline/ledger", "pipeline/plan", "pipeline/run", "pipeline/wording"},
	"pipeline/effect":      {"pipeline/wording"},
	"pipeline/uplift":      {"pipeline/campaign", "pipeline/effect", "pipeline/learn", "pipeline/run", "pipeline/snapshots", "pipeline/wording"},
	"pipeline/survey":      {"pipeline/wording"},
	"pipeline/baserate":    {"pipeline/survey"},
	"pipeline/shopcontext": {},
	"pipeline/external":    {"pipeline/wording"},
	"pipeline/snapshots":   {"pipeline/baserate", "pipeline/effect", "pipeline/external", "pipeline/shopcontext"},
	"pipeline/rules":       {"pipeline/wording"},
	"pipeline/learn":       {"pipeline/baserate", "pipeline/effect", "pipeline/external", "pipeline/offers", "pipeline/rules", "pipeline/run", "pipeline/sendtime", "pipeline/shopcontext", "pipeline/snapshots", "pipeline/survey", "pipeline/wording"},
	"pipeline/scoring":     {"pipeline/baserate", "pipeline/external", "pipeline/learn", "pipeline/run", "pipeline/shopcontext", "pipeline/snapshots"},
	"pipeline/plan":        {"pipeline/baserate", "pipeline/learn", "pipeline/offers", "pipeline/run", "pipeline/scoring", "pipeline/sendtime", "pipeline/wording"},
	"pipeline/reasons":     {"pipeline/learn", "pipeline/plan", "pipeline/scoring", "pipeline/shopcontext", "pipeline/snapshots", "pipeline/wording"},
	"pipeline/pool":        {"pipeline/run"},
	"pipeline/handout":     {"pipeline/offers", "pipeline/plan"},
	"pipeline/backtest":    {"pipeline/baserate", "pipeline/learn", "pipeline/offers", "pipeline/run", "pipeline/snapshots", "pipeline/survey", "pipeline/wording"},
	"pipeline/diagnose":    {"pipeline/run", "pipeline/wording"},
	"pipeline/offers":      {"pipeline/run", "pipeline/wording"},
	"pipeline/sendtime":    {"pipeline/run", "pipeline/wording"},
	"pipeline/report":      {"pipeline/diagnose", "pipeline/wording"},
	"pipeline/brief":       {"pipeline/plan", "pipeline/wording"},
	"pipeline/page":        {"pipeline/backtest", "pipeline/brief", "pipeline/campaign", "pipeline/effect", "pipeline/learn", "pipeline/offers", "pipeline/plan", "pipeline/report", "pipeline/run", "pipeline/scoring", "pipeline/snapshots", "pipeline/survey", "pipeline/wording"},
	"jobs/serve":           {"jobs", "jobs/console", "jobs/settings"},
	"jobs/scale":           {"jobs", "jobs/console", "jobs/settings"},
	"jobs/settings":        {"jobs/console"},
	"jobs/pool":            {"jobs/console", "jobs/settings"},
	"jobs/reach":           {"jobs/console", "jobs/settings"},
	"jobs/console":         {},
}

func topFolder(dir string) string {
	top, _, _ := strings.Cut(dir, "/")
	return top
}

// allowed says whether a file may import one of our packages.
func allowed(f goFile, imported string) bool {
	if f.dir == "internal/house" { // the tests that look at everything
		return true
	}
	from, to := topFolder(f.dir), topFolder(imported)
	if f.isTest && f.dir == imported { // a package and its tests
		return true
	}
	if f.isTest && slices.Contains(testsMayImport[from], to) {
		return true
	}
	if from == "internal" && f.isTest && (strings.HasPrefix(f.dir, imported) || strings.HasPrefix(imported, f.dir+"/")) {
		return true
	}
	if from == "internal" {
		return slices.Contains(seamsMayImport[f.dir], imported)
	}
	if rooms, known := roomsMayImport[f.dir]; known && from == to && !(f.isTest && from != "jobs") {
		return slices.Contains(rooms, imported)
	}
	return from == to || slices.Contains(mayImport[from], to)
}

func TestImports_RunOneWay(t *testing.T) {
	for _, f := range goFiles(t) {
		if _, known := mayImport[topFolder(f.dir)]; !known {
			t.Errorf("%s: want one of the top-level folders, found %s", f.path, topFolder(f.dir))
		}
		for _, name := range f.imports {
			if imported, ours := strings.CutPrefix(name, module+"/"); ours && !allowed(f, imported) {
				t.Errorf("%s: must not import %s", f.path, name)
			}
		}
	}
}

// TestImports_EveryRoomHasItsRule keeps new packages of data and pipeline from
// knowing all others.
func TestImports_EveryRoomHasItsRule(t *testing.T) {
	for _, f := range goFiles(t) {
		top := topFolder(f.dir)
		if _, known := roomsMayImport[f.dir]; !known && (top == "data" || top == "pipeline") && f.dir != "pipeline" {
			t.Errorf("%s: the package has no entry in roomsMayImport", f.path)
		}
	}
}

func TestImports_TheRuleCanFail(t *testing.T) {
	for _, c := range []struct{ dir, imported string }{
		{"models", "data"}, {"models", "features"}, {"features", "models"}, {"features", "pipeline"}, {"data", "features"},
		{"pipeline", "jobs"}, {"pipeline/report", "jobs"}, {"jobs", "cmd/winback"}, {"jobs", "notebooks/settled"}, {"cmd/winback", "pipeline"},
		{"pipeline/learn", "pipeline/plan"}, {"pipeline/survey", "pipeline/learn"}, {"pipeline/run", "pipeline/plan"}, {"data/source", "data/orders"}, {"data/columns", "data/orders"}, {"data/tables", "data/orders"},
		{"jobs/settings", "jobs"}, {"jobs/console", "jobs"}, {"jobs/console", "jobs/settings"}, {"internal/fsys", "data"}, {"internal/shop", "pipeline"}, {"internal/shop", "internal/fsys"}, {"models", "internal/fsys"},
	} {
		if allowed(goFile{dir: c.dir}, c.imported) {
			t.Errorf("%s may import %s", c.dir, c.imported)
		}
	}
}

// readsClock are the functions of package time that look at the clock.
var readsClock = []string{"Now", "Since", "Until"}

// TestClock_IsReadByJobsAlone leaves out tests, and comparisons of speed, which
// are about time.
func TestClock_IsReadByJobsAlone(t *testing.T) {
	for _, f := range goFiles(t) {
		if top := topFolder(f.dir); f.isTest || top == "jobs" || top == "bench" {
			continue
		}
		for _, name := range timeCalls(f) {
			t.Errorf("%s: reads the clock (time.%s); only jobs may", f.path, name)
		}
	}
}

// timeCalls lists the names behind "time." that read the clock.
func timeCalls(f goFile) []string {
	name := ""
	for _, spec := range f.syntax.Imports {
		if spec.Path.Value == `"time"` {
			name = "time"
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	var calls []string
	if name == "" || name == "_" {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := s.X.(*ast.Ident); ok && of.Name == name && slices.Contains(readsClock, s.Sel.Name) {
				calls = append(calls, s.Sel.Name)
			}
		}
		return true
	})
	return calls
}

func TestFiles_HaveNoInitAndAreNoLongerThan500Lines(t *testing.T) {
	const most = 500
	for _, f := range goFiles(t) {
		if f.lines > most {
			t.Errorf("%s: %d lines, want at most %d", f.path, f.lines, most)
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: has an init function", f.path)
			}
		}
	}
}

func TestPackages_AreNamedForWhatTheyDo(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, part := range strings.Split(f.dir, "/") {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "misc"}, part) {
				t.Errorf("%s: %q says nothing", f.path, part)
			}
		}
	}
}
