package forget

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"winback/data/tables"
	"winback/pipeline/run"
)

// idColumn names customers in every table.
const idColumn = "customer_id"

// holders are the tables that hold customers to forget, by path, each with their
// hashes.
type holders map[string]map[string]bool

func (h holders) paths() []string { return slices.Sorted(maps.Keys(h)) }

// customers is how many different ones they hold.
func (h holders) customers() int {
	all := map[string]bool{}
	for _, hashes := range h {
		maps.Copy(all, hashes)
	}
	return len(all)
}

// isTable says whether a file is one that customers are looked for in.
func isTable(path string) bool { return strings.HasSuffix(path, ".parquet") }

// look adds a table that holds customers to forget, by the name that it goes by.
func (f *forgetting) look(full, name string, in holders) error {
	if !isTable(name) {
		return nil
	}
	file, err := f.files.Open(full)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	hashes, last := map[string]bool{}, ""
	_, err = tables.EachText(file, info.Size(), idColumn, func(id string) {
		if hash := f.list.Find(id); hash != "" && hash != last {
			hashes[hash], last = true, hash
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", full, err)
	}
	if len(hashes) > 0 {
		in[name] = hashes
	}
	return nil
}

// rewrite writes a table without the customers to forget. Ranks keep their gaps.
func (f *forgetting) rewrite(w io.Writer, r io.ReaderAt, size int64) error {
	return tables.CopyRows(w, r, size, idColumn, func(id string) bool { return f.list.Find(id) == "" })
}

// fromOthers writes those tables anew that lie in the output folder beside runs and
// ledger, and lists what else lies there and might name somebody.
func (f *forgetting) fromOthers() error {
	return f.under(f.out, func(path string) error {
		known, err := f.isKnown(path)
		if err != nil {
			return err
		}
		if !known {
			f.Unknown = append(f.Unknown, path)
			return nil
		}
		in := holders{}
		if err := f.look(path, path, in); err != nil || len(in) == 0 {
			return err
		}
		if err := f.replace(path); err != nil {
			return err
		}
		f.found(path, in)
		return nil
	})
}

// isKnown says whether a file beside the runs is a table that forget may change: not
// the shop's own order files, which have the time of the order, nor one that names
// customers by numbers, which winback never writes.
func (f *forgetting) isKnown(path string) (bool, error) {
	if !isTable(path) {
		return false, nil
	}
	file, err := f.files.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	text, err := tables.TextColumns(file, info.Size())
	if err != nil {
		return false, nil // no Parquet file that could be read
	}
	_, orders := text["ordered_at"]
	isText, named := text[idColumn]
	return !named || isText && !orders, nil
}

// ours are names in the output folder that were dealt with, or hold nobody.
var ours = []string{"runs", run.LedgerFolder, "current", ".lock", run.ForgottenFile, run.ForgettingFile}

// under calls do for every file in a folder and those in it, by name.
func (f *forgetting) under(dir string, do func(path string) error) error {
	entries, err := f.files.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case dir == f.out && slices.Contains(ours, e.Name()):
		case e.IsDir():
			err = f.under(path, do)
		case e.Type()&fs.ModeSymlink == 0:
			err = do(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *forgetting) replace(path string) error {
	file, err := f.files.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return run.WriteFile(f.files, path, func(w io.Writer) error { return f.rewrite(w, file, info.Size()) })
}
