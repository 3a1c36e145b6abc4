// Package pool is the job that joins the customers of several sources.
package pool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/pool"
	"winback/pipeline/wording"
)

// PoolSettings are what Pool reads.
type PoolSettings struct {
	settings.Dialling
	settings.Secret
	settings.Modes
	settings.Pooling
	Out string // folder of the pool
}

// Settings lists them.
func (s *PoolSettings) Settings() []settings.Setting {
	return append(settings.Rows(&s.Dialling, &s.Secret, &s.Modes, &s.Pooling), settings.Folder(&s.Out, "folder of the pool", ""))
}

// Pool finds who is one person in the sources and writes the pool. A source is a path,
// or NAME=PATH; without a name it is called as its file or folder.
func Pool(ctx context.Context, s PoolSettings, named []string, ui console.UI) error {
	if err := settings.OnDisk("SOURCES", named...); err != nil {
		return err
	}
	files := s.FS()
	q := pool.Question{Country: s.Country, Rare: s.Rare}
	var err error
	if q.Sources, err = sources(files, named); err != nil {
		return err
	}
	if q.Decisions, err = decisions(ctx, files, &s); err != nil {
		return err
	}
	stage := ui.Stage("join customers", 0, "sources")
	p, err := pool.Take(ctx, files, q)
	if errors.Is(err, pool.ErrDecisions) {
		return &data.InputError{Path: s.Decisions, Err: err}
	}
	if err != nil {
		return err
	}
	stage.Done(wording.Counted(len(p.Customers), "customer"))
	info, err := p.Write(files, s.Out, []byte(s.HoldoutKey), s.PlainIDs)
	if err != nil {
		return err
	}
	return tell(ui, p, info, &s)
}

// sources reads NAME=PATH. A path that is there as it is written is no name and path.
func sources(files fsys.FS, named []string) (all []pool.Source, err error) {
	for _, text := range named {
		source := pool.Source{Name: pool.NameOf(text), Path: text}
		if name, path, found := strings.Cut(text, "="); found {
			if _, err := files.Stat(text); err != nil {
				source = pool.Source{Name: name, Path: path}
			}
		}
		if source.Name == "" || strings.ContainsAny(source.Name, `/\:`) {
			return nil, &settings.Error{Where: "SOURCES", Text: fmt.Sprintf("%q: want a path, or NAME=PATH with a name that a folder or file has", text)}
		}
		if slices.ContainsFunc(all, func(s pool.Source) bool { return s.Name == source.Name }) {
			return nil, &settings.Error{Where: "SOURCES", Text: fmt.Sprintf("two sources are called %s; name one of them with NAME=PATH", source.Name)}
		}
		all = append(all, source)
	}
	return all, nil
}

// decisions reads what people decided; not from the table that is written anew.
func decisions(ctx context.Context, files fsys.FS, s *PoolSettings) ([]pool.Decision, error) {
	if s.Decisions == "" {
		return nil, keepDecided(ctx, files, s)
	}
	for _, name := range []string{pool.LikelyFile, pool.ConflictsFile} {
		if filepath.Clean(s.Decisions) == filepath.Join(s.Out, name) || sameFile(s.Decisions, filepath.Join(s.Out, name)) {
			return nil, &settings.Error{Where: "--decisions", Text: s.Decisions + " is written anew, and what was decided in it would be gone: keep decisions in a file of their own"}
		}
	}
	return pool.ReadDecisions(ctx, files, s.Decisions)
}

// keepDecided refuses to write tables anew in which somebody has decided.
func keepDecided(ctx context.Context, files fsys.FS, s *PoolSettings) error {
	for _, name := range []string{pool.LikelyFile, pool.ConflictsFile} {
		path := filepath.Join(s.Out, name)
		if _, err := files.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		decided, err := pool.ReadDecisions(ctx, files, path)
		if err != nil {
			return &data.InputError{Path: path, Err: err}
		}
		if len(decided) > 0 {
			return &settings.Error{Where: "--decisions", Text: fmt.Sprintf("%s holds %s and would be written anew: copy it, and give the copy with --decisions", path, wording.Counted(len(decided), "decision"))}
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// tell prints counts, and where people look.
func tell(ui console.UI, p *pool.Pool, info pool.Info, s *PoolSettings) error {
	count := func(n int) string { return wording.Thousands(int64(n)) }
	line := func(what, text string) string { return fmt.Sprintf("%-16s %s", what, text) }
	var lines []string
	for _, source := range info.Sources {
		lines = append(lines, line(source.Name, fmt.Sprintf("%s of %s", wording.Counted(source.Customers, "customer"), wording.Counted(source.Rows, "row"))))
	}
	lines = append(lines,
		line("People", fmt.Sprintf("%s; %s of the %s are one with another", count(info.People), count(info.Joined), wording.Counted(info.Customers, "customer"))),
		line("Likely", fmt.Sprintf("%s to decide: %s", wording.Counted(info.Likely, "pair"), filepath.Join(s.Out, pool.LikelyFile))),
		line("Conflicts", fmt.Sprintf("%s not joined: %s", wording.Plural(int64(info.Conflicts), "pair that shares a key and was", "pairs that share a key and were"), filepath.Join(s.Out, pool.ConflictsFile))),
		line("Shared keys", fmt.Sprintf("%s of over %d customers, which join nobody: %s", wording.Counted(info.Shared, "key"), s.Rare, filepath.Join(s.Out, pool.SharedFile))))
	if info.Crowds > 0 {
		lines = append(lines, line("Ids of several", fmt.Sprintf("%s with more addresses, numbers or names than one person has, joined with nobody", wording.Counted(info.Crowds, "customer id"))))
	}
	if s.Decisions != "" {
		lines = append(lines, line("Decisions", fmt.Sprintf("%s carried out", wording.Counted(p.Decided, "pair"))))
	}
	if p.Unread > 0 {
		text := wording.Plural(p.Unread, "phone number is", "phone numbers are") + " none that can be dialled, and joined nobody"
		if s.Country == "" {
			text += "; --country DE, or another, reads those without a country code"
		}
		ui.Warn(text)
	}
	if p.Unknown > 0 {
		ui.Warn(fmt.Sprintf("%s of %s about customers who are in no source", wording.Counted(p.Unknown, "decision"), s.Decisions))
	}
	return ui.Print(append(lines, "Next: winback run ORDERS --pool "+s.Out+", where folders or files of the orders are named after the sources")...)
}
