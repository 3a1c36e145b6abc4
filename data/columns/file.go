package columns

import (
	"io"
	"time"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/data/source"
)

// Settings say how the columns of the roles are found and read.
type Settings struct {
	Mapping   data.Mapping
	Zone      *time.Location    // clock of zoned timestamps; nil is UTC
	DateOrder parse.DateOrder   // of text times that do not say it
	Decimal   parse.DecimalSign // of text numbers that do not say it
	// MoneyDecimals are those of amounts and prices whose column counts parts of a
	// unit without saying so in its name: 2 for hundredths, 6 for millionths; -1 says
	// that they count none.
	MoneyDecimals int
	Digests       map[string]string // expected SHA-256 in hex by file name or path; may be nil
	MemoryBytes   int64             // bound of what is held and decoded; 0 is the guard's default
	Workers       int
}

// File is an order file that has passed the guard, and its columns.
type File struct {
	source.File
	Rows   int64
	SHA256 string // hex, where digests were asked for

	fileNames
	Footer *guard.Footer
	Roles  ByRole
}

// RowGroup is a row group of the file, which handle has open.
func (f *File) RowGroup(handle io.ReaderAt, index int, memory int64) *RowGroup {
	return &RowGroup{handle, f.Footer, index, guard.Limits{MemoryBytes: memory}}
}

// Nested are the columns that are lists and groups.
func (f *File) Nested() []string { return f.nested }
