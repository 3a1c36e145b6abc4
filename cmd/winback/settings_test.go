package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/jobs/settings"
)

// jobsSettings are the settings of each job, by the name of its function.
func jobsSettings() map[string]settings.Command {
	all := map[string]settings.Command{}
	for _, c := range withThoseUnder(commands()) {
		all[strings.TrimSuffix(reflect.TypeOf(c.job.settings).Elem().Name(), "Settings")] = c.job.settings
	}
	return all
}

// withThoseUnder are the commands that do something.
func withThoseUnder(list []command) (all []command) {
	for _, c := range list {
		if c.under == nil {
			all = append(all, c)
		}
		all = append(all, withThoseUnder(c.under)...)
	}
	return all
}

// source is what the jobs and their settings say: which functions each function
// names, and which fields it reads.
type source struct {
	fset     *token.FileSet
	packages map[string]*types.Package // checked ones; others are empty
	info     types.Info
	calls    map[*types.Func][]*types.Func
	reads    map[*types.Func][]*types.Var
}

// Import gives the checker a package: of those that are not looked into,
// nothing.
func (s *source) Import(of string) (*types.Package, error) {
	if s.packages[of] == nil {
		s.packages[of] = types.NewPackage(of, path.Base(of))
		s.packages[of].MarkComplete()
	}
	return s.packages[of], nil
}

func readSource(t *testing.T) *source {
	s := &source{fset: token.NewFileSet(), packages: map[string]*types.Package{}, calls: map[*types.Func][]*types.Func{}, reads: map[*types.Func][]*types.Var{},
		info: types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}}
	s.check(t, "../../jobs/settings", "winback/jobs/settings")
	s.check(t, "../../jobs/reach", "winback/jobs/reach")
	s.check(t, "../../jobs", "winback/jobs")
	s.check(t, "../../jobs/serve", "winback/jobs/serve")
	s.check(t, "../../jobs/pool", "winback/jobs/pool")
	s.check(t, "../../jobs/scale", "winback/jobs/scale")
	return s
}

func (s *source) check(t *testing.T, dir, name string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, file := range names {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(s.fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parsed)
	}
	// What other packages hold is not known here, which is no matter.
	checker := types.Config{Importer: s, Error: func(error) {}}
	s.packages[name], _ = checker.Check(name, s.fset, files, &s.info)
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				s.look(fn)
			}
		}
	}
}

func (s *source) look(fn *ast.FuncDecl) {
	at, ok := s.info.Defs[fn.Name].(*types.Func)
	if !ok {
		return
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if used, ok := s.info.Uses[n].(*types.Func); ok {
				s.calls[at] = append(s.calls[at], used.Origin())
			}
		case *ast.SelectorExpr:
			if selected, ok := s.info.Selections[n]; ok && selected.Kind() == types.FieldVal {
				s.reads[at] = append(s.reads[at], selected.Obj().(*types.Var))
			}
		}
		return true
	})
}

// readBy are the fields that a function reads, or what it calls.
func (s *source) readBy(fns ...*types.Func) map[*types.Var]bool {
	read, seen := map[*types.Var]bool{}, map[*types.Func]bool{}
	for len(fns) > 0 {
		fn := fns[0]
		fns = fns[1:]
		if seen[fn] {
			continue
		}
		seen[fn] = true
		for _, v := range s.reads[fn] {
			read[v] = true
		}
		fns = append(fns, s.calls[fn]...)
	}
	return read
}

// fieldsOf are the settings in a struct and in the groups within it.
func fieldsOf(of types.Type) []*types.Var {
	var all []*types.Var
	str := of.Underlying().(*types.Struct)
	for field := range str.Fields() {
		if isGroup(field) {
			all = append(all, fieldsOf(field.Type())...)
		} else if field.Exported() {
			all = append(all, field)
		}
	}
	return all
}

// isGroup tells a group of settings from a setting.
func isGroup(field *types.Var) bool {
	if field.Embedded() {
		return true
	}
	named, ok := field.Type().(*types.Named)
	if !ok {
		return false
	}
	rows, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, named.Obj().Pkg(), "rows")
	return rows != nil
}

// A flag that a command does not read cannot be offered: its settings have
// nothing that the job does not read, and a row for each field.
func TestSettings_AreReadByTheirJob(t *testing.T) {
	s := readSource(t)
	reading := s.packages["winback/jobs/settings"].Scope().Lookup("Reading")
	sources, _, _ := types.LookupFieldOrMethod(types.NewPointer(reading.Type()), true, reading.Pkg(), "Sources") // the command line calls it
	for name, command := range jobsSettings() {
		jobs := s.packages[reflect.TypeOf(command).Elem().PkgPath()].Scope()
		job, of := jobs.Lookup(name), jobs.Lookup(name+"Settings")
		if job == nil || of == nil {
			t.Fatalf("no job %s with settings of its own", name)
		}
		jobsOf := []*types.Func{job.(*types.Func), sources.(*types.Func)}
		if name == "Plan" { // takes the flags of the night that it plans: a wrong one is found before any line is dealt
			jobsOf = append(jobsOf, jobs.Lookup("Drive").(*types.Func))
		}
		read, rows := s.readBy(jobsOf...), 0
		for _, field := range fieldsOf(of.Type()) {
			if !read[field] {
				t.Errorf("%s does not read its setting %s", name, field.Name())
			}
			if array, ok := field.Type().(*types.Array); ok { // a row for each entry
				rows += int(array.Len())
			} else {
				rows++
			}
		}
		if have := len(command.Settings()); have != rows {
			t.Errorf("%s has %d rows for %d settings", name, have, rows)
		}
	}
}

// A setting that winback config does not know cannot stand in a file, and its flag
// is refused.
func TestSettings_OfAllCommandsAreKnownToConfig(t *testing.T) {
	known := map[string]bool{}
	for _, row := range new(settings.All).Settings() {
		known[row.Name] = true
	}
	for name, command := range jobsSettings() {
		for _, row := range command.Settings() {
			if !known[row.Name] {
				t.Errorf("setting %s of %s is not among all settings", row.Name, name)
			}
		}
	}
}

// The look into the source tells what is read from what is not.
func TestSettings_TheGateIsReadByThoseThatJudge(t *testing.T) {
	s := readSource(t)
	jobs, gate := s.packages["winback/jobs"].Scope(), s.packages["winback/jobs/settings"].Scope().Lookup("Gate")
	for name, want := range map[string]string{"Features": "Accept", "Check": "MaxAgeDays Accept", "Run": "MaxAgeDays Accept", "Verify": ""} {
		read := s.readBy(jobs.Lookup(name).(*types.Func))
		for _, field := range fieldsOf(gate.Type()) {
			if reads := slices.Contains(strings.Fields(want), field.Name()); read[field] != reads {
				t.Errorf("%s reads %s: %t, want %t", name, field.Name(), read[field], reads)
			}
		}
	}
}

func TestFlags_AreThoseACommandReads(t *testing.T) {
	all := jobsSettings()
	for name, test := range map[string]struct{ yes, no string }{
		"Run":      {"as-of map capacity suppress memory rejects out accept log-format", "groups format output customers orders"},
		"Pull":     {"groups top channel list format suppress out output log-format", "margin as-of horizon"},
		"Launch":   {"run groups arms assignments as-of holdout target-returns target-extra pace dry-run margin accept out", "orders capacity campaign memory"},
		"Sent":     {"groups on log accept out", "reason margin"},
		"Status":   {"format out", "as-of groups"},
		"Stop":     {"reason on out", "groups"},
		"Void":     {"reason out", "on groups"},
		"Measure":  {"campaign responses redemptions as-of format output accept out map", "groups margin store"},
		"Import":   {"date-format out log-format", "map horizon memory"},
		"Check":    {"map returns as-of max-age accept", "capacity out holdout store"},
		"Features": {"as-of horizon output map store accept", "capacity lapsed-after max-age"},
		"Verify":   {"out log-format", "as-of suppress"},
		"Explain":  {"out log-format", "as-of suppress"},
		"Demo":     {"out margin clock memory", "as-of map suppress accept"},
		"Generate": {"customers seed out workers", "as-of memory"},
		"Backtest": {"cuts accept out seed store", "margin keep suppress"},
	} {
		flags := settings.Flags(all[name])
		has := func(flag string) bool {
			return slices.ContainsFunc(flags, func(s settings.Setting) bool { return s.Name == flag })
		}
		for _, flag := range strings.Fields(test.yes) {
			if !has(flag) {
				t.Errorf("%s does not take --%s", name, flag)
			}
		}
		for _, flag := range strings.Fields(test.no) {
			if has(flag) {
				t.Errorf("%s takes --%s", name, flag)
			}
		}
	}
}
