package source

import (
	"fmt"
	"path/filepath"
	"strings"

	"winback/data/guard"
)

// passedKind is why a file or folder was passed over.
type passedKind uint8

const (
	passedHidden passedKind = iota
	passedFolder
	passedUnfinished
	passedCSV
	passedData
	passedOurs
	passedOther
	passedKinds
)

// passedTexts say how many of what, and what to do about it.
var passedTexts = [passedKinds]struct{ one, many, advice string }{
	passedHidden:     {"Parquet file whose name starts with . or _", "Parquet files whose names start with . or _", "as hidden and unfinished files do; rename them, or name them outright, to have them read"},
	passedFolder:     {"folder with Parquet files whose name starts with . or _", "folders with Parquet files whose names start with . or _", "as those of unfinished writes do; rename them, or name them outright, to have them read"},
	passedUnfinished: {"Parquet file with a name of unfinished or old files", "Parquet files with names of unfinished or old files", "rename them, or name them outright, to have them read"},
	passedCSV:        {"CSV file", "CSV files", "winback import turns them into Parquet"},
	passedData:       {"file that is no Parquet but may hold orders", "files that are no Parquet but may hold orders", "have them written as Parquet, or as CSV for winback import"},
	passedOurs:       {"folder that winback wrote", "folders that winback wrote", ""},
	passedOther:      {"other file", "other files", ""},
}

// mostPassed is how many names of a kind are told.
const mostPassed = 3

func (f *finder) pass(kind passedKind, path string) { f.passed[kind] = append(f.passed[kind], path) }

// tell puts in words what was passed over, and which tables were read.
func (f *finder) tell() {
	f.tellTables()
	for kind := range passedKinds {
		text := f.passedText(kind)
		switch {
		case text == "":
		case kind >= passedOurs:
			f.found.Notes = append(f.found.Notes, "Passed over: "+text)
		default:
			f.found.Warnings = append(f.found.Warnings, "not read: "+text)
		}
	}
}

func (f *finder) passedText(kind passedKind) string {
	var paths []string
	for _, path := range f.passed[kind] {
		if key := Absolute(path); !f.seen[key] {
			f.seen[key] = true
			paths = append(paths, path)
		}
	}
	n := len(paths)
	if n == 0 {
		return ""
	}
	what := passedTexts[kind].many
	if n == 1 {
		what = passedTexts[kind].one
	}
	text := fmt.Sprintf("%d %s: %s", n, what, strings.Join(paths[:min(n, mostPassed)], ", "))
	if n > mostPassed {
		text += fmt.Sprintf(" and %d more", n-mostPassed)
	}
	if advice := passedTexts[kind].advice; advice != "" {
		text += " (" + advice + ")"
	}
	return text
}

// insteadOfParquet says what there is where no Parquet was found.
func (f *finder) insteadOfParquet() string {
	for kind := range passedOurs {
		if text := f.passedText(kind); text != "" {
			return "; passed over were " + text
		}
	}
	return ""
}

// smallJSON is the size in bytes below which JSON beside order files describes
// them rather than holds orders.
const smallJSON = 64 << 10

// kindPassed judges a file that is no Parquet by its name and its first bytes.
func kindPassed(name string, size int64, head []byte) passedKind {
	kind := guard.KindOf(head)
	switch dataEnding(name) {
	case ".csv", ".tsv", ".psv", ".tab":
		return passedCSV
	case ".json", ".jsonl", ".ndjson":
		if size < smallJSON {
			return passedOther
		}
		return passedData
	case ".orc", ".avro", ".arrow", ".feather", ".xlsx", ".xls", ".gz", ".zst", ".bz2", ".xz", ".zip", ".7z", ".parquet", ".parq", ".pq", ".sqlite", ".db", ".duckdb":
		return passedData
	case "", ".txt", ".dat":
		switch {
		case strings.HasPrefix(kind, "a CSV file"):
			return passedCSV
		case size < smallJSON && len(head) > 0 && (head[0] == '{' || head[0] == '['): // a manifest
			return passedOther
		case size > 0 && kind != "a text file" && !strings.HasPrefix(kind, "an HTML"):
			return passedData
		}
	}
	return passedOther
}

// dataEnding is the ending of a name, without that of a compression.
func dataEnding(name string) string {
	name = strings.ToLower(name)
	ending := filepath.Ext(name)
	switch ending {
	case ".gz", ".gzip", ".zst", ".zstd", ".bz2", ".snappy", ".lz4", ".xz":
		if inner := filepath.Ext(strings.TrimSuffix(name, ending)); inner != "" {
			return inner
		}
	}
	return ending
}
